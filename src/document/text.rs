//! Bytes to text: UTF-8 without control characters, or a fault that says at which line.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::SourceId;
use crate::diagnostics::Sources;
use crate::diagnostics::Span;

/// Keeps the text of a file and faults what cannot be scenario text.
pub(super) fn decode(name: &str, bytes: &[u8], sources: &mut Sources, bag: &mut Bag) -> Option<SourceId> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) || has_alternating_nulls(bytes) {
        bag.add(Diagnostic::new(Code::Encoding, format!("`{name}` is saved as UTF-16")).help("save the file as UTF-8"));
        return None;
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("");
            let id = sources.add(name, valid);
            let at = Span { source: id, start: valid.len(), end: valid.len() };
            bag.add(
                Diagnostic::new(Code::Encoding, "a byte that is not UTF-8 text")
                    .at(at)
                    .label("the text ends being readable here")
                    .help("save the file as UTF-8"),
            );
            return None;
        }
    };
    let id = sources.add(name, text);
    for (at, found) in text.char_indices() {
        let lone_return = found == '\r' && !text.get(at + 1..).is_some_and(|rest| rest.starts_with('\n'));
        if lone_return || (found.is_control() && !matches!(found, '\n' | '\r' | '\t')) {
            let what = if lone_return {
                "a carriage return without a line feed".to_owned()
            } else {
                format!("a control character, {}", found.escape_unicode())
            };
            let span = Span { source: id, start: at, end: at + found.len_utf8() };
            bag.add(
                Diagnostic::new(Code::Encoding, what)
                    .at(span)
                    .label("not text")
                    .help("remove it; in a quoted text it can be written as an escape, for example \\u001B"),
            );
            return None;
        }
    }
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        bag.add(
            Diagnostic::new(Code::EmptyFile, format!("`{name}` holds no key"))
                .help("`capsim init scenario.toml` writes a scenario to start from"),
        );
        return None;
    }
    Some(id)
}

/// UTF-16 without a mark: every other byte of a Latin text is zero.
fn has_alternating_nulls(bytes: &[u8]) -> bool {
    let head = bytes.get(..64.min(bytes.len())).unwrap_or(&[]);
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|byte| **byte == 0).count();
    head.len() >= 4 && (zeros(0) * 2 >= head.len() / 2 || zeros(1) * 2 >= head.len() / 2)
}
