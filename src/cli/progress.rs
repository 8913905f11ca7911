//! A progress bar for work that takes over a second, on a terminal alone.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over a known amount of work, in bytes.
pub fn bytes(total: u64, doing: &'static str) -> ProgressBar {
    let style = "{msg} {bar:30} {bytes}/{total_bytes}, {eta} left";
    styled(ProgressBar::new(total), style, doing)
}

/// A bar over a known number of records.
pub fn records(total: u64, doing: &'static str) -> ProgressBar {
    let style = "{msg} {bar:30} {human_pos}/{human_len} records, {eta} left";
    styled(ProgressBar::new(total), style, doing)
}

/// A counter of work whose end is not known.
pub fn counter(doing: &'static str) -> ProgressBar {
    styled(ProgressBar::new_spinner(), "{msg} {human_pos} in {elapsed}", doing)
}

fn styled(bar: ProgressBar, style: &str, doing: &'static str) -> ProgressBar {
    // Four times a second and not before: quick work shows nothing. Standard error that is no
    // terminal is never drawn to.
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
    let style = ProgressStyle::with_template(style).expect("the template is fixed and tested");
    bar.with_style(style).with_message(doing)
}
