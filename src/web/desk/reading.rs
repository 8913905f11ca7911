//! Has a sheet read in a process of its own, which the program starts from itself (design section
//! 10). Whatever the file does there ends that process, and never the service.

use crate::interchange::import::apart::{Order, SheetRead};
use crate::interchange::import::whole::Whole;
use crate::service::Problem;
use crate::service::bounds::SheetReading;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

/// The longest answer that is taken: a full sheet's cells and bodies.
const ANSWER_BYTES_MAX: u64 = 512 << 20;

/// The signals that end a process at its bound of processor time: SIGXCPU, and SIGKILL where the
/// bound leaves no warning.
const TIME_SIGNALS: [i32; 2] = [24, 9];

/// Has a file read.
///
/// # Errors
/// No process can be started. A file that cannot be read is no failure but an answer.
pub fn read_apart(
    reading: &SheetReading,
    order: &Order,
    bytes: &[u8],
) -> Result<SheetRead, Problem> {
    let failed = |error: std::io::Error| Problem::Failed(format!("reading a sheet: {error}"));
    let program = match &reading.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().map_err(failed)?,
    };
    let mut child = Command::new(program)
        .args(["read-sheet", "--memory-bytes", &reading.memory_bytes.to_string()])
        .args(["--seconds", &reading.seconds.to_string()])
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
    let is_too_long = answer.len() as u64 == ANSWER_BYTES_MAX;
    if taken.is_err() || is_too_long {
        // Its limit of processor time ends it in any case; this does so at once.
        drop(child.kill());
    }
    let status = child.wait().map_err(failed)?;
    taken.map_err(failed)?;
    let read = status.success().then(|| serde_json::from_slice(&answer).ok()).flatten();
    let fault = || {
        if is_too_long { Whole::too_much_memory(ANSWER_BYTES_MAX) } else { ended(reading, status) }
    };
    Ok(read.unwrap_or_else(|| SheetRead { error: Some(fault()), ..SheetRead::default() }))
}

/// Why the process ended without an answer.
fn ended(reading: &SheetReading, status: ExitStatus) -> Whole {
    match status.signal() {
        Some(signal) if TIME_SIGNALS.contains(&signal) => Whole::too_much_time(reading.seconds),
        // A program that gets no memory aborts.
        _ => Whole::too_much_memory(reading.memory_bytes),
    }
}
