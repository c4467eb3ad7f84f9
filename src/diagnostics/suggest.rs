//! "Did you mean": the nearest known name.

/// The known name nearest to `written`, if one is near enough to be a slip.
///
/// ```
/// use capsim::diagnostics::nearest;
/// assert_eq!(nearest("amzon", ["microsoft", "amazon"]), Some("amazon"));
/// assert_eq!(nearest("zebra", ["microsoft", "amazon"]), None);
/// ```
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = written.chars().count();
    let allowed = (length / 3).clamp(1, 4);
    known
        .into_iter()
        .filter(|name| name.chars().count().abs_diff(length) <= allowed)
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A list as people read it: `a, b or c`, cut after twelve.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let quoted: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
    match (quoted.as_slice(), names.len()) {
        ([], _) => "nothing".to_owned(),
        ([one], _) => one.clone(),
        (_, count) if count > 12 => format!("{} and {} more", quoted.join(", "), count - 12),
        ([first @ .., last], _) => format!("{} or {last}", first.join(", ")),
    }
}
