//! One customer, as people, exports and editors write them: the same number always gives the same text.

use fastrand::Rng;
use std::fmt::Write as _;

/// What differs between a customer and the one of the same number before the change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    Nothing,
    Tier,
    Lastname,
    Channel,
}

/// As written, and in addresses. Names have only letters that every account takes.
const FIRSTNAMES: [(&str, &str); 16] = [
    ("Ada", "ada"),
    ("Grace", "grace"),
    ("Zoë", "zoe"),
    ("Émilie", "emilie"),
    ("José", "jose"),
    ("Renée", "renee"),
    ("Anna Maria", "anna"),
    ("Søren", "soren"),
    ("Noor", "noor"),
    ("Jean-Luc", "jl"),
    ("Björn", "bjorn"),
    ("Mehmet", "mehmet"),
    ("Liv", "liv"),
    ("Tomás", "tomas"),
    ("Ingrid", "ingrid"),
    ("Paul", "paul"),
];
const LASTNAMES: [(&str, &str); 16] = [
    ("Lovelace", "lovelace"),
    ("Hopper", "hopper"),
    ("O'Neil", "oneil"),
    ("du Châtelet", "duchatelet"),
    ("García Márquez", "garcia"),
    ("Ibáñez", "ibanez"),
    ("van den Berg", "vandenberg"),
    ("Ødegård", "odegard"),
    ("Åkesson", "akesson"),
    ("Smith", "smith"),
    ("Müller-Lüdenscheidt", "mueller"),
    ("Šorli", "sorli"),
    ("Jansen", "jansen"),
    ("Peña", "pena"),
    ("de la Cruz", "cruz"),
    ("Taylor", "taylor"),
];
const DOMAINS: [&str; 6] =
    ["example.com", "example.org", "mail.example", "work.example", "Example.NET", "post.example"];
const TIERS: [&str; 4] = ["gold", "silver", "bronze", "basic"];
const SEGMENTS: [&str; 4] = ["private", "business", "public sector", "reseller"];
const CITIES: [&str; 6] = ["Łódź", "München", "Αθήνα", "Utrecht", "Київ", "東京"];
/// They need no quotes, and stand with and without them.
const PLAIN_NOTES: [&str; 4] = [
    "prefers e-mail",
    "renewal in spring",
    "met at the fair in Zürich",
    "asks for the same person again",
];
/// They need quotes, and half of them escapes.
const QUOTED_NOTES: [&str; 6] = [
    "call before noon: she works at night",
    "said \"no\" twice, ask again in May",
    "it's the second door on the left: ring",
    "invoice by post & e-mail, ref #17",
    "orders in C:\\orders\\2024",
    "[VIP] {see contract}, 50 % off",
];
const COMMENTS: [&str; 4] = [
    "moved over from the old system",
    "checked by the team in March",
    "TODO: ask for the new address",
    "same household as the one above",
];

/// How a text is written.
#[derive(Clone, Copy)]
enum Quotes {
    None,
    Single,
    Double,
    /// With every letter beyond ASCII as an escape.
    DoubleAscii,
}

/// Writes the entry, indented by two, below `customers:`.
pub(super) fn write(out: &mut String, id: &str, number: usize, touch: Touch) {
    let mut rng = Rng::with_seed(number as u64);
    let person = Person::new(&mut rng, number, touch);
    if rng.u8(..100) < 25 {
        out.push('\n');
    }
    if rng.u8(..100) < 6 {
        push(out, format_args!("  # {}\n", rng.choice(COMMENTS).unwrap_or_default()));
    }
    match rng.u8(..100) {
        ..65 => person.block(out, &mut rng, id),
        65..90 => person.mixed(out, &mut rng, id),
        _ => person.flow(out, id),
    }
}

/// What is said of a customer, each value as it is written.
struct Person {
    firstname: String,
    lastname: String,
    fields: Vec<(&'static str, String)>,
    /// A note of two lines; only block style has it.
    lines: Option<(usize, usize)>,
    channels: Vec<(&'static str, Vec<String>)>,
    flags: Vec<String>,
}

impl Person {
    fn new(rng: &mut Rng, number: usize, touch: Touch) -> Self {
        let (firstname, first) = FIRSTNAMES[rng.usize(..FIRSTNAMES.len())];
        let (lastname, last) = LASTNAMES[rng.usize(..LASTNAMES.len())];
        let quotes = quotes(rng);
        let lines = (rng.u8(..50) == 0).then(|| (rng.usize(1..13), number));
        let lastname = if touch == Touch::Lastname { "Newman-Wed" } else { lastname };
        Self {
            firstname: scalar(firstname, quotes),
            lastname: scalar(lastname, quotes),
            fields: fields(rng, number, touch, lines.is_none()),
            lines,
            channels: channels(rng, number, touch, (first, last)),
            flags: flags(rng, number),
        }
    }

    /// Every key on a line of its own.
    fn block(&self, out: &mut String, rng: &mut Rng, id: &str) {
        self.head(out, rng, id);
        out.push_str("    fields:\n");
        for (name, value) in &self.fields {
            push(out, format_args!("      {name}: {value}{}\n", remark(rng)));
        }
        self.note(out);
        out.push_str("    channels:\n");
        for (kind, addresses) in &self.channels {
            match addresses.as_slice() {
                [address] => push(out, format_args!("      {kind}: {address}{}\n", remark(rng))),
                several if rng.bool() => {
                    push(out, format_args!("      {kind}: [{}]\n", several.join(", ")));
                }
                several => {
                    push(out, format_args!("      {kind}:\n"));
                    for address in several {
                        push(out, format_args!("        - {address}\n"));
                    }
                }
            }
        }
        self.tail(out);
    }

    /// Names in block style, the rest in flow style.
    fn mixed(&self, out: &mut String, rng: &mut Rng, id: &str) {
        self.head(out, rng, id);
        if self.lines.is_some() {
            out.push_str("    fields:\n");
            for (name, value) in &self.fields {
                push(out, format_args!("      {name}: {value}\n"));
            }
            self.note(out);
        } else {
            push(out, format_args!("    fields: {{ {} }}\n", self.fields_in_flow()));
        }
        push(out, format_args!("    channels: {{ {} }}\n", self.channels_in_flow()));
        self.tail(out);
    }

    /// All on one line, as exports write it.
    fn flow(&self, out: &mut String, id: &str) {
        let (first, last) = (&self.firstname, &self.lastname);
        push(out, format_args!("  {id}: {{ firstname: {first}, lastname: {last}"));
        push(out, format_args!(", fields: {{ {} }}", self.fields_in_flow()));
        push(out, format_args!(", channels: {{ {} }}", self.channels_in_flow()));
        for flag in &self.flags {
            push(out, format_args!(", {flag}"));
        }
        out.push_str(" }\n");
    }

    fn head(&self, out: &mut String, rng: &mut Rng, id: &str) {
        let (first, last) = (&self.firstname, &self.lastname);
        push(out, format_args!("  {id}:{}\n    firstname: {first}\n", remark(rng)));
        push(out, format_args!("    lastname: {last}\n"));
    }

    fn note(&self, out: &mut String) {
        if let Some((month, contract)) = self.lines {
            push(
                out,
                format_args!("      note: |-\n        Called in month {month}: wants a visit.\n"),
            );
            push(out, format_args!("        The contract is {contract}.\n"));
        }
    }

    fn tail(&self, out: &mut String) {
        for flag in &self.flags {
            push(out, format_args!("    {flag}\n"));
        }
    }

    fn fields_in_flow(&self) -> String {
        let pairs = self.fields.iter().map(|(name, value)| format!("{name}: {value}"));
        pairs.collect::<Vec<_>>().join(", ")
    }

    fn channels_in_flow(&self) -> String {
        let pairs = self.channels.iter().map(|(kind, addresses)| match addresses.as_slice() {
            [address] => format!("{kind}: {address}"),
            several => format!("{kind}: [{}]", several.join(", ")),
        });
        pairs.collect::<Vec<_>>().join(", ")
    }
}

fn fields(
    rng: &mut Rng,
    number: usize,
    touch: Touch,
    may_note: bool,
) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    let tier = rng.choice(TIERS).unwrap_or_default();
    fields.push(("tier", if touch == Touch::Tier { "platinum" } else { tier }.to_owned()));
    if rng.u8(..100) < 65 {
        fields.push(("postcode", format!("{:05}", (number * 37) % 100_000)));
    }
    if rng.u8(..100) < 30 {
        let (year, month, day) = (rng.u16(2009..2026), rng.u8(1..13), rng.u8(1..29));
        fields.push(("customer_since", format!("{year}-{month:02}-{day:02}")));
    }
    if rng.u8(..100) < 25 {
        fields.push(("segment", scalar(rng.choice(SEGMENTS).unwrap_or_default(), quotes(rng))));
    }
    if rng.u8(..100) < 15 {
        fields.push(("newsletter", if rng.bool() { "yes" } else { "no" }.to_owned()));
    }
    if rng.u8(..100) < 15 {
        fields.push(("city", scalar(rng.choice(CITIES).unwrap_or_default(), quotes(rng))));
    }
    if rng.u8(..100) < 4 {
        fields.push(("account_manager", if rng.bool() { "null" } else { "~" }.to_owned()));
    }
    match rng.u8(..100) {
        _ if !may_note => {}
        ..12 => {
            fields.push(("note", scalar(rng.choice(PLAIN_NOTES).unwrap_or_default(), quotes(rng))));
        }
        12..22 => {
            let quotes = if rng.bool() { Quotes::Single } else { Quotes::Double };
            fields.push(("note", scalar(rng.choice(QUOTED_NOTES).unwrap_or_default(), quotes)));
        }
        _ => {}
    }
    fields
}

fn channels(
    rng: &mut Rng,
    number: usize,
    touch: Touch,
    (first, last): (&str, &str),
) -> Vec<(&'static str, Vec<String>)> {
    let mut email = Vec::new();
    let mut domain = || rng.choice(DOMAINS).unwrap_or_default();
    let kinds = [domain(), domain(), domain()];
    let count = [1, 1, 1, 1, 1, 2, 2, 3][rng.usize(..8)];
    let forms = ["", "w.", "old."];
    for (domain, form) in kinds.iter().zip(forms).take(count) {
        email.push(format!("{form}{first}.{last}.{number}@{domain}"));
    }
    if touch == Touch::Channel {
        email.push(format!("second.{number}@example.com"));
    }
    let mut channels = vec![("email", email)];
    if rng.u8(..100) < 55 {
        let mut telephone = vec![telephone(rng, 2 * number)];
        if rng.u8(..100) < 15 {
            telephone.push(self::telephone(rng, 2 * number + 1));
        }
        channels.push(("telephone", telephone));
    }
    if rng.u8(..100) < 8 {
        channels.push(("facebook", vec![format!("{first}.{last}.{number}")]));
    }
    if rng.u8(..100) < 12 {
        channels.push(("twitter", vec![format!("{first}_{number}")]));
    }
    channels
}

/// A number that could exist, of one of several countries and in one of several spellings.
fn telephone(rng: &mut Rng, number: usize) -> String {
    let (high, low) = (number / 10_000 % 1_000, number % 10_000);
    match rng.u8(..7) {
        0 => format!("+316{:08}", 12_000_000 + number),
        1 => format!("+31 6 {} {low:04}", 2_000 + high),
        2 => format!("\"+44 7{} {:02}{low:04}\"", 400 + high / 100, high % 100),
        3 => format!("+1 212 {} {low:04}", 220 + high % 700),
        4 => format!("+49151{:08}", 12_000_000 + number),
        5 => format!("+33 6 {:08}", 12_000_000 + number),
        _ => format!("'+346{:08}'", 12_000_000 + number),
    }
}

fn flags(rng: &mut Rng, number: usize) -> Vec<String> {
    let mut flags = Vec::new();
    if rng.u8(..100) < 5 {
        flags.push("no_sync: true".to_owned());
    }
    if rng.u8(..100) < 3 {
        flags.push(format!("ticket_id: {}", 1_000 + number));
    }
    if rng.u8(..100) < 3 {
        flags.push("protect: true".to_owned());
    }
    flags
}

fn remark(rng: &mut Rng) -> String {
    if rng.u8(..100) < 3 {
        format!("   # {}", rng.choice(COMMENTS).unwrap_or_default())
    } else {
        String::new()
    }
}

fn quotes(rng: &mut Rng) -> Quotes {
    match rng.u8(..100) {
        ..75 => Quotes::None,
        75..85 => Quotes::Single,
        85..95 => Quotes::Double,
        _ => Quotes::DoubleAscii,
    }
}

fn scalar(text: &str, quotes: Quotes) -> String {
    match quotes {
        Quotes::None => text.to_owned(),
        Quotes::Single => format!("'{}'", text.replace('\'', "''")),
        Quotes::Double => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Quotes::DoubleAscii => {
            let mut out = String::from('"');
            for letter in text.chars() {
                if letter.is_ascii() {
                    out.push(letter);
                } else {
                    push(&mut out, format_args!("\\u{:04X}", u32::from(letter)));
                }
            }
            out + "\""
        }
    }
}

/// Writes at the end of a text, which takes all that it is given.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
