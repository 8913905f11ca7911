//! The README asks every route by curl; `tools/readme` runs it, and here no route is forgotten.

use fundtrail::api::routes::ROUTES;

/// Does a path that is asked have the form of a route's, a name in braces standing for any step,
/// and `{*name}` for all that are left?
fn is_of(asked: &str, route: &str) -> bool {
    let mut steps = asked.split('/');
    for wanted in route.split('/') {
        if wanted.starts_with("{*") {
            return steps.next().is_some_and(|step| !step.is_empty());
        }
        let Some(step) = steps.next() else { return false };
        let any = wanted.starts_with('{') && !step.is_empty();
        if !any && step != wanted {
            return false;
        }
    }
    steps.next().is_none()
}

/// The paths that the commands of a text ask for.
fn asked(text: &str) -> Vec<String> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let words = blocks.flat_map(str::split_whitespace);
    let words = words.map(|word| word.trim_matches(['\'', '"']));
    let words = words.map(|word| word.strip_prefix("127.0.0.1:7017").unwrap_or(word));
    let paths = words.filter(|word| word.starts_with('/'));
    paths.map(|path| path.split('?').next().unwrap().to_owned()).collect()
}

#[test]
fn every_route_is_asked_by_a_command_of_the_readme() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let asked = asked(&readme.unwrap());
    let forgotten = |path: &&str| !asked.iter().any(|asked| is_of(asked, path));
    let forgotten: Vec<&str> = ROUTES.iter().map(|route| route.path).filter(forgotten).collect();
    assert_eq!(forgotten, Vec::<&str>::new(), "{asked:?}");
}

#[test]
fn a_path_is_of_one_route_and_not_of_its_neighbours() {
    assert!(is_of("/v1/records/204", "/v1/records/{seq}"));
    assert!(!is_of("/v1/records/204/proof", "/v1/records/{seq}"));
    assert!(!is_of("/v1/records", "/v1/records/{seq}"));
    assert!(!is_of("/v1/records/", "/v1/records/{seq}"));
    assert!(is_of("/tile/0/000", "/tile/{*path}") && !is_of("/tile", "/tile/{*path}"));
    let text = "/v1/prose\n```sh\ncurl '127.0.0.1:7017/v1/a?b=c' \"/d/$e\" x\n```\n/v1/more";
    assert_eq!(asked(text), ["/v1/a", "/d/$e"]);
}
