//! The API's own words in a message, without anything that may be a person's. *Pure.*
//!
//! Takes a message of the API; gives one short line. Law: *Quiet*.
//!
//! Why known words and not known secrets: a message may repeat what was sent in any encoding, values
//! of another request, or another customer's. Only words of which it is known that they are nobody's
//! are repeated; everything else becomes `•••`.

/// The longest quotation, in characters.
const LENGTH_MAX: usize = 200;
const MASK: &str = "•••";

/// Words in which an API speaks of requests. Lower case.
const WORDS: &str = "\
    a accepted access account action added address again agent all allowed already an and \
    another any api are as assigned at attached be been belong belongs blank body boolean brand \
    busy but by call can cannot channel channels character characters check complete conflict \
    connected contact contain contains content could create created custom customer customers \
    data database delete deleted denied disabled do does doesn't don't duplicate e-mail email \
    empty enabled encoding entity entry error errors exceeded exist existing exists expected \
    external facebook fail failed failure false field fields first for forbidden format found \
    from given has have id identifier if in inactive incorrect integer internal invalid is isn't \
    it json key last later length limit link linked locked long malformed many match maximum may \
    message method minimum missing more must name need needs no not null number numeric object \
    of on one only operation or parameter parameters parse pattern permission permissions phone \
    please primary processed property provided purged rate read received record refused \
    registered rejected removed request requests required reserved resource same seconds sent \
    server service short should size something string success supported sync system taken \
    telephone text than that the there this ticket tickets to too true try twitter type unable \
    unauthorized unavailable under unexpected unique unknown unprocessable unsupported update \
    updated url use used user users valid validation value values was went were while with \
    without wrong you your";

/// The parameters of the API, in its own spelling (the vendor's page "API sync before contact").
const PARAMETERS: &str = "\
    apiKey brandID brand_id channel_id customer_link_channel externalPrimaryID external_id \
    extra_email extra_facebook extra_telephone extra_twitter firstname lastname noSync \
    primary_id ticket_id";

/// What may be repeated of a message: one line of known words, the rest as `•••`.
pub(super) fn quote(message: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut masked = false;
    for word in message.split(|c: char| c.is_whitespace() || matches!(c, '=' | '&' | '"' | '/')) {
        if word.is_empty() {
            continue;
        }
        let shown = shown(word);
        if masked && shown == MASK {
            continue;
        }
        masked = shown == MASK;
        let more = shown.chars().count() + 1;
        if length + more > LENGTH_MAX {
            out.push_str(" …");
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(shown);
        length += more;
    }
    out
}

/// A word with the marks around it if it is known; else the mask.
fn shown(word: &str) -> &str {
    let marks = |c: char| matches!(c, '.' | ',' | ':' | ';' | '!' | '?' | '(' | ')' | '\'' | '`');
    let bare = word.trim_matches(marks);
    let known = PARAMETERS.split(' ').any(|known| known == bare)
        || WORDS.split(' ').any(|known| known.eq_ignore_ascii_case(bare));
    if known { word } else { MASK }
}

#[cfg(test)]
mod tests {
    use super::{LENGTH_MAX, quote};

    #[test]
    fn what_an_api_says_of_a_request_is_repeated() {
        for text in [
            "User already exists.",
            "The parameter brand_id must be an integer",
            "customer not found",
            "Rate limit exceeded, please try again later!",
        ] {
            assert_eq!(quote(text), text);
        }
    }

    #[test]
    fn what_may_be_a_persons_is_not() {
        for (text, quoted) in [
            ("customer ADA LOVELACE (Ada@Example.com) is invalid", "customer ••• is invalid"),
            (
                "firstname=Zo%C3%AB&customer_link_channel=ada%40example.com",
                "firstname ••• customer_link_channel •••",
            ),
            (r#"{"firstname":"Zoë","note":"+31 20 123"}"#, "••• firstname •••"),
            ("Some(Customer { firstname: Some(\"Canaria\") })", "••• firstname: •••"),
            ("C-1001: email taken by user 4711", "••• email taken by user •••"),
        ] {
            assert_eq!(quote(text), quoted);
        }
    }

    #[test]
    fn a_quotation_is_one_short_line_without_control_characters() {
        let quoted = quote(&format!("\u{1b}[31mno\u{202e}\n\tfield {}", "error ".repeat(500)));
        assert!(quoted.starts_with("••• field error error"), "{quoted}");
        assert!(quoted.chars().count() <= LENGTH_MAX + 2, "{quoted}");
        assert!(quoted.ends_with(" …") && !quoted.contains('\n'));
    }
}
