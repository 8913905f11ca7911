//! What comes in: a line of a post becomes a canonical body, and a body becomes an event or a
//! refusal of its shape. Runs before the desk, on all cores.

use crate::base::Name;
use crate::chain::canonical::{self, Malformed};
use crate::chain::signature::{PublicKey, SIGNATURES_MAX, Signature};
use crate::domain::{Code, Event, Refusal};
use crate::seam::read_event;
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A body on its way to the desk.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The principal that posts it.
    pub posted_by: String,
    /// Its canonical bytes.
    pub body: Vec<u8>,
    /// The signatures that came with it, sorted by key.
    pub signatures: Vec<Signature>,
}

/// A line of a post that carries more than the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped<'a> {
    #[serde(borrow)]
    event: &'a RawValue,
    r#as: Option<String>,
    signatures: Option<Vec<SignatureText>>,
    #[serde(rename = "expect")]
    _expect: Option<String>,
}

/// A line that carries an event, whatever else stands in it.
#[derive(Deserialize)]
struct Carries<'a> {
    #[serde(borrow, rename = "event")]
    _event: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureText {
    key: String,
    sig: String,
}

impl Incoming {
    /// Reads a line: a body, or an object of `event`, `as`?, `signatures`?, `expect`? (ignored).
    ///
    /// # Errors
    /// `malformed`, with what is wrong; `not_authorised` when nobody is named as the poster.
    pub fn read(line: &[u8], posted_by: Option<&str>) -> Result<Incoming, Refusal> {
        let (event, named, signatures) = match serde_json::from_slice::<Wrapped<'_>>(line) {
            Ok(wrapped) => (wrapped.event.get().as_bytes(), wrapped.r#as, wrapped.signatures),
            // A line that is no such object is a body; the gate says what is wrong with it.
            Err(_) => (line, None, None),
        };
        // What is no event at all is said before who did not post it.
        let body = gated(event)?;
        let carries = event.len() == line.len() && memmem::find(line, b"\"event\"").is_some();
        if carries && serde_json::from_slice::<Carries<'_>>(line).is_ok() {
            return Err(Refusal::new(Code::Malformed).about(
                "a line is a body, or an object of event, as, signatures and expect alone, with \
                 as and expect texts",
            ));
        }
        let signatures = read_signatures(signatures.unwrap_or_default())?;
        let posted_by = named.as_deref().or(posted_by).ok_or_else(|| {
            Refusal::new(Code::NotAuthorised).about("no poster is named; say --as PRINCIPAL")
        })?;
        if Name::parse(posted_by).is_none() {
            return Err(
                Refusal::new(Code::NotAuthorised).about("the poster's name is no identifier")
            );
        }
        Ok(Incoming { posted_by: posted_by.to_owned(), body, signatures })
    }

    /// Brings a body through the gate.
    ///
    /// # Errors
    /// `malformed`, with what is wrong and where.
    pub fn from_body(
        event: &[u8],
        posted_by: &str,
        signatures: Vec<Signature>,
    ) -> Result<Incoming, Refusal> {
        let body = gated(event)?;
        Ok(Incoming { posted_by: posted_by.to_owned(), body, signatures })
    }

    /// Reads the body as an event.
    ///
    /// # Errors
    /// The first of `malformed`, `personal_data`, `unknown_type`, `amount_out_of_range`.
    pub fn event(&self) -> Result<Event<'_>, Refusal> {
        read_event(&self.body)
    }
}

/// The canonical bytes of a body.
fn gated(event: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::with_capacity(event.len());
    canonical::canonicalise(event, &mut body).map_err(malformed)?;
    Ok(body)
}

fn malformed(fault: Malformed) -> Refusal {
    Refusal::new(Code::Malformed).about(fault.reason)
}

fn read_signatures(texts: Vec<SignatureText>) -> Result<Vec<Signature>, Refusal> {
    let wrong = || Refusal::new(Code::SignatureInvalid).about("signatures");
    let read = |text: &SignatureText| {
        let key = PublicKey::parse(&text.key)?;
        Some(Signature { key, sig: Signature::parse_sig(text.sig.as_bytes())? })
    };
    let mut all: Vec<Signature> =
        texts.iter().map(read).collect::<Option<_>>().ok_or_else(wrong)?;
    all.sort_by_key(|one| one.key);
    let twice = all.windows(2).any(|pair| pair[0].key == pair[1].key);
    if twice || all.len() > SIGNATURES_MAX { Err(wrong()) } else { Ok(all) }
}
