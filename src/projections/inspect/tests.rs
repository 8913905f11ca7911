//! Each rule once: a small history in which it finds what it looks for, and one in which it does not.
