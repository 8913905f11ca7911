//! Answers that are given again while the ledger stands where it stood: the same position, reader
//! and question have the same answer, byte for byte.

use super::bounds::{KEPT_ANSWER_BYTES_MAX, KEPT_BYTES_MAX};
use axum::body::Bytes;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The position that an answer was made at: records folded, records verified.
pub type Position = (u64, Option<u64>);

/// Answers by question.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Answers>);

#[derive(Debug, Default)]
struct Answers {
    position: Position,
    bytes: usize,
    by_question: HashMap<String, Bytes>,
}

impl Kept {
    /// The answer to a question at a position, where it is kept.
    pub fn get(&self, position: Position, question: &str) -> Option<Bytes> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.by_question.get(question)?;
        (answers.position == position).then(|| answer.clone())
    }

    /// Keeps an answer; those of another position are let go, and all when there is no room.
    pub fn put(&self, position: Position, question: String, answer: &Bytes) {
        if answer.len() > KEPT_ANSWER_BYTES_MAX {
            return;
        }
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = answer.len() + question.len();
        if answers.position != position || answers.bytes + size > KEPT_BYTES_MAX {
            *answers = Answers { position, ..Answers::default() };
        }
        answers.bytes += size;
        answers.by_question.insert(question, answer.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_given_again_at_its_own_position_alone() {
        let kept = Kept::default();
        let answer = Bytes::from_static(b"{}");
        kept.put((7, None), "q".to_owned(), &answer);
        assert_eq!(kept.get((7, None), "q"), Some(answer.clone()));
        assert_eq!(kept.get((8, None), "q"), None);
        assert_eq!(kept.get((7, Some(3)), "q"), None);
        kept.put((8, None), "other".to_owned(), &answer);
        assert_eq!(kept.get((7, None), "q"), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let kept = Kept::default();
        let large = Bytes::from(vec![0; KEPT_ANSWER_BYTES_MAX]);
        for at in 0..100 {
            kept.put((7, None), at.to_string(), &large);
            assert!(kept.0.lock().unwrap().bytes <= KEPT_BYTES_MAX);
        }
        kept.put((7, None), "q".to_owned(), &Bytes::from(vec![0; KEPT_ANSWER_BYTES_MAX + 1]));
        assert_eq!(kept.get((7, None), "q"), None);
    }
}
