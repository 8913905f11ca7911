//! Style and modules, embedded in the program: nothing is loaded from anywhere else.
//!
//! Each is named with a part of its hash, so a browser may keep it for ever and never keeps an old
//! one.

use super::reply::Reply;
use crate::base::Digest;
use axum::http::{HeaderValue, header};
use std::sync::LazyLock;

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

/// Declares the files: name, media type.
macro_rules! assets {
    ($($name:literal $kind:literal),+ $(,)?) => {
        /// Every file.
        pub static ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("assets/", $name)),
        }),+];
    };
}

assets! {
    "style.css" "text/css; charset=utf-8",
    "seal.svg" "image/svg+xml",
    "hover.js" "text/javascript; charset=utf-8",
    "proof.js" "text/javascript; charset=utf-8",
    "keys.js" "text/javascript; charset=utf-8",
    "head.js" "text/javascript; charset=utf-8",
    "gift.js" "text/javascript; charset=utf-8",
    "chain.js" "text/javascript; charset=utf-8",
    "pack.js" "text/javascript; charset=utf-8",
    "record.js" "text/javascript; charset=utf-8",
    "check.js" "text/javascript; charset=utf-8",
    "print.js" "text/javascript; charset=utf-8",
    "dryrun.js" "text/javascript; charset=utf-8",
    "hash.js" "text/javascript; charset=utf-8",
    "idle.js" "text/javascript; charset=utf-8",
}

/// The addresses of all files, in order, with the hash in each.
static ADDRESSES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let address = |asset: &Asset| {
        let digest = Digest::of(&[asset.bytes]).to_string();
        format!("/assets/{}/{}", &digest[..16], asset.name)
    };
    ASSETS.iter().map(address).collect()
});

/// The address of a file, as pages name it.
///
/// # Panics
/// When there is no such file: a page named one that was never embedded.
pub fn address(name: &str) -> &'static str {
    let at = ASSETS.iter().position(|asset| asset.name == name);
    &ADDRESSES[at.expect("a page names a file that is embedded")]
}

/// The file of an address.
pub fn find(digest: &str, name: &str) -> Option<Reply> {
    let wanted = format!("/assets/{digest}/{name}");
    let at = ADDRESSES.iter().position(|address| *address == wanted)?;
    let asset = &ASSETS[at];
    let mut reply = Reply::bytes(asset.kind, asset.bytes.to_vec());
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    reply.header(header::CACHE_CONTROL, keep);
    Some(reply)
}
