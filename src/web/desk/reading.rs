//! Has a sheet read in a process of its own, which the program starts from itself (design section
//! 10). Whatever the file does there ends that process, and never the service.

use crate::interchange::import::apart::{Order, SheetRead};
use crate::service::Problem;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// The longest answer that is taken: a full sheet's cells and bodies.
const ANSWER_BYTES_MAX: u64 = 512 << 20;

/// Has a file read.
///
/// # Errors
/// No process can be started. A file that cannot be read is no failure but an answer.
pub fn read_apart(order: &Order, bytes: &[u8]) -> Result<SheetRead, Problem> {
    let failed = |error: std::io::Error| Problem::Failed(format!("reading a sheet: {error}"));
    let program = std::env::current_exe().map_err(failed)?;
    let mut child = Command::new(program)
        .arg("read-sheet")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (mut input, output) = (input.expect("it is piped"), output.expect("it is piped"));
    let mut line = serde_json::to_vec(order).map_err(|error| Problem::Failed(error.to_string()))?;
    line.push(b'\n');
    let mut answer = Vec::new();
    let taken = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A process that ended early reads no more, which its answer tells.
            drop(input.write_all(&line).and_then(|()| input.write_all(bytes)));
        });
        output.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)
    });
    if taken.is_err() || answer.len() as u64 == ANSWER_BYTES_MAX {
        // Its limit of processor time ends it in any case; this does so at once.
        drop(child.kill());
    }
    let status = child.wait().map_err(failed)?;
    taken.map_err(failed)?;
    let read = status.success().then(|| serde_json::from_slice(&answer).ok()).flatten();
    Ok(read.unwrap_or_else(|| SheetRead {
        error: Some("the file took more memory or time than a sheet may".to_owned()),
        ..SheetRead::default()
    }))
}
