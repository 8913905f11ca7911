//! `/openapi.json` and `/docs`: the service described for machines and for people, from the list
//! of routes; the page needs no script, no style from elsewhere, no download.

use super::call::Call;
use super::openapi::document;
use super::parameters::Parameter;
use super::routes::{ROUTES, Route};
use crate::access::{Extent, Viewer, extent};
use crate::service::problem::Problem;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

/// The document for machines.
///
/// # Errors
/// None.
pub async fn openapi(_: Call) -> Result<Response, Problem> {
    Ok(for_an_hour(Json(document()).into_response()))
}

/// The page for people.
///
/// # Errors
/// None but failures.
pub async fn page(_: Call) -> Result<Response, Problem> {
    Ok(for_an_hour(Html(html()).into_response()))
}

fn for_an_hour(mut response: Response) -> Response {
    let keeping = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, keeping);
    response
}

fn html() -> String {
    let mut text = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>fundtrail: the HTTP service</title></head><body>\n\
         <h1>fundtrail: the HTTP service</h1>\n\
         <p>Amounts are whole fen. Every answer names in <code>as_of</code> the position that it \
         was true at. Pages hold at most 500 rows; ask again with <code>after</code> set to \
         <code>next</code>. Errors are problem details with a stable <code>code</code>. \
         For machines: <a href=\"/openapi.json\">/openapi.json</a>.</p>\n",
    );
    for route in ROUTES {
        text += &format!(
            "<h2><code>{} {}</code></h2>\n<p>{} <em>{}</em></p>\n",
            route.method,
            escaped(route.path),
            escaped(route.about),
            open_to(route)
        );
        let all: Vec<&Parameter> =
            route.path_parameters.iter().chain(route.query).copied().collect();
        if all.is_empty() {
            continue;
        }
        text += "<dl>\n";
        for one in all {
            let (name, about) = (escaped(one.name), escaped(one.about));
            text += &format!("<dt><code>{name}</code></dt><dd>{about}</dd>\n");
        }
        text += "</dl>\n";
    }
    text + "</body></html>\n"
}

fn open_to(route: &Route) -> &'static str {
    match extent(&Viewer::Public, route.what) {
        _ if route.by_code => "Open to the holder of a look-up code.",
        Extent::Nothing => "Needs a token.",
        Extent::Seen | Extent::Scope | Extent::All => "Open to everybody.",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_stands_in_both() {
        let page = html();
        let document = serde_json::to_value(document()).unwrap();
        for route in ROUTES {
            assert!(page.contains(&format!("{} {}", route.method, route.path)), "{}", route.path);
            let path = route.path.replace("{*", "{");
            let operation = &document["paths"][path][route.method.to_ascii_lowercase()];
            assert_eq!(operation["operationId"], route.name);
        }
        assert_eq!(document["openapi"], "3.1.0");
    }

    #[test]
    fn a_path_names_exactly_the_parameters_that_it_declares() {
        for route in ROUTES {
            let named: Vec<&str> = route.path.split('{').skip(1).collect();
            let named: Vec<&str> = named
                .into_iter()
                .filter_map(|rest| rest.split('}').next())
                .map(|name| name.trim_start_matches('*'))
                .collect();
            let declared: Vec<&str> = route.path_parameters.iter().map(|one| one.name).collect();
            assert_eq!(named, declared, "{}", route.path);
        }
    }
}
