//! Text that cannot act on a terminal.

use std::borrow::Cow;

/// The text with control characters, line separators and direction marks written out as `\u{1b}`.
///
/// ```
/// use capsim::render::visible;
/// assert_eq!(visible("red \u{1b}[31m"), "red \\u{1b}[31m");
/// assert_eq!(visible("plain"), "plain");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a character does something other than show itself.
pub(super) fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
