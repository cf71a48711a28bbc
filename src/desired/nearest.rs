//! "Did you mean": the known word that a misspelt one is closest to. *Pure.*

use super::reader::Scalar;

/// How alike two words must be, from 0 to 1.
const LIKENESS_MIN: f64 = 0.8;

/// The known word that is most like the one found, if any is like it at all.
pub(super) fn nearest<'k>(
    found: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let found = plain(found);
    let likeness = |word: &str| {
        let word = plain(word);
        // `phone` for `telephone`, `emails` for `email`.
        if found.len() >= 4 && (word.contains(&found) || found.contains(&word)) {
            return 0.99;
        }
        strsim::jaro_winkler(&found, &word)
    };
    let scored = known.into_iter().map(|word| (likeness(word), word));
    scored
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, word)| word)
}

/// The word of this program for what others call so.
pub(super) fn other_name(found: &str) -> Option<&'static str> {
    let plain = found.to_lowercase().replace(['_', '-', ' '], "");
    Some(match plain.as_str() {
        "mail" | "emailaddress" | "emails" => "email",
        "phone" | "phones" | "tel" | "mobile" | "cell" | "phonenumber" | "mobilephone"
        | "whatsapp" => "telephone",
        "fb" | "meta" => "facebook",
        "x" | "tweet" => "twitter",
        "given" | "givenname" | "forename" | "vorname" => "firstname",
        "surname" | "familyname" | "family" | "nachname" => "lastname",
        "id" | "primaryid" | "customerid" | "externalid" => "id",
        "delete" | "deleted" | "remove" | "removed" | "erase" | "forget" => "purge",
        "contact" | "contacts" | "addresses" => "channels",
        "attributes" | "properties" | "custom" => "fields",
        _ => return None,
    })
}

/// A word of the file as it may stand in a message: a key that could be a person's text is not
/// shown.
pub(super) fn shown(word: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!word.is_empty()
        && word.len() <= 40
        && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(plain))
    .then_some(word)
}

/// A key as it may stand in a message; one that no colon follows could be somebody's value.
pub(super) fn shown_key<'k>(key: &'k Scalar<'_>) -> Option<&'k str> {
    shown(&key.text).filter(|_| !key.bare)
}

#[cfg(test)]
mod tests {
    use super::{nearest, shown};

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_none() {
        let known = ["firstname", "lastname", "fields", "channels", "telephone", "email"];
        for (found, word) in [
            ("fistname", "firstname"),
            ("Firstname", "firstname"),
            ("first_name", "firstname"),
            ("phone", "telephone"),
            ("e-mail", "email"),
            ("chanels", "channels"),
        ] {
            assert_eq!(nearest(found, known), Some(word), "{found}");
        }
        assert_eq!(nearest("postcode", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn a_key_that_could_be_a_persons_text_is_not_shown() {
        assert_eq!(shown("fistname"), Some("fistname"));
        assert_eq!(shown("ada@example.com"), None);
        assert_eq!(shown("+31201234567"), None);
        assert_eq!(shown("Ada Lovelace"), None);
    }
}
