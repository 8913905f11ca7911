//! A service that does nothing: one route with an empty answer, listened for as `fundtrail serve`
//! listens. `tools/wrk` measures the ledger's answers beside it.

use axum::Router;
use axum::routing::get;
use std::net::TcpListener;

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let address = std::env::args().nth(1).ok_or("say where to listen, such as 127.0.0.1:7018")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address)?;
        eprintln!("empty: listening on http://{}", listener.local_addr()?);
        let app = Router::new().route("/", get(|| async {}));
        axum_server::from_tcp(listener)?.serve(app.into_make_service()).await?;
        Ok(())
    })
}
