//! JSON that is safe on a terminal.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// JSON with control, format and bidirectional characters as `\u` escapes. Outside strings JSON is ASCII, so every character replaced
/// here is inside a string.
pub(crate) fn escape_invisible(json: String) -> String {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    let is_hidden = |c: char| matches!(c.general_category(), Control | Format | LineSeparator | ParagraphSeparator);
    // Most characters need no look into the tables.
    let invisible = |c: char| !matches!(c, ' '..='~') && is_hidden(c);
    if !json.contains(invisible) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if invisible(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}
