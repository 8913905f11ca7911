//! Every field that a schema names has its words, and every word its field.

use crate::schemas::property_names;
use fundtrail::base::words::{FIELDS, field_label};
use fundtrail::domain::Type;
use std::collections::BTreeSet;

fn names() -> BTreeSet<String> {
    Type::ALL.iter().flat_map(|kind| property_names(&kind.schema())).collect()
}

#[test]
fn every_field_of_every_event_has_its_labels() {
    let without: Vec<_> = names().into_iter().filter(|name| field_label(name).is_none()).collect();
    assert!(without.is_empty(), "fields without a label in base/words.rs: {without:?}");
}

#[test]
fn no_label_stands_for_a_field_that_no_event_has() {
    let names = names();
    let unused: Vec<_> =
        FIELDS.iter().map(|(name, _)| *name).filter(|name| !names.contains(*name)).collect();
    assert!(unused.is_empty(), "labels in base/words.rs of no field: {unused:?}");
}
