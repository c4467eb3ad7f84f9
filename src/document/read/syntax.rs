//! Syntax errors of the TOML reader, with the mend where the mistake is a known one.

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::units::Day;

/// A syntax error of the TOML reader, with the mend where the mistake is a known one.
pub(super) fn syntax_fault(message: &str, text: &str, span: Span) -> Diagnostic {
    let line_start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let here = text.get(span.start..).unwrap_or("");
    let is_day_like = |part: &str| {
        let digits = part.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect::<String>();
        digits.len() == 10 && digits.matches('-').count() == 2 && Day::from_text(&digits).is_none()
    };
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    if is_day_like(here) || is_day_like(value) {
        return Diagnostic::new(Code::BadDate, "not a day of the calendar")
            .at(span)
            .label("this day does not exist")
            .help("write a day the month has, as 2026-02-28");
    }
    let diagnostic = if message.contains("duplicate key") {
        Diagnostic::new(Code::Syntax, "a key is written twice")
            .at(span)
            .label("written before")
            .help("keep one of the two")
    } else {
        Diagnostic::new(Code::Syntax, format!("not TOML: {}", message.lines().next().unwrap_or("unreadable"))).at(span)
    };
    if line.starts_with("<<<<<<<") || line.starts_with("=======") || line.starts_with(">>>>>>>") {
        return diagnostic.help("a mark of an unfinished merge: keep one side and remove the marks");
    }
    if line.contains('\u{201C}') || line.contains('\u{201D}') || line.contains('\u{2018}') || line.contains('\u{2019}')
    {
        return diagnostic.help("typographic quotes: TOML takes straight ones, \"like this\"");
    }
    if text.trim_start().starts_with('{') && line_start == 0 {
        return diagnostic.help("this looks like JSON; scenario files are TOML");
    }
    if text.trim_start().starts_with('<') && line_start == 0 {
        return diagnostic.help("this looks like HTML; scenario files are TOML");
    }
    let is_bare_amount = value.starts_with(|c: char| c.is_ascii_digit() || c == '$')
        && value.ends_with(|c: char| c.is_ascii_alphabetic() || c == '%');
    if is_bare_amount {
        return diagnostic.help(format!("an amount with a letter or a sign stands in quotes: \"{value}\""));
    }
    if !line.contains('=') && line.contains(':') {
        return diagnostic.help("TOML writes `key = value`, not `key: value`");
    }
    diagnostic
}
