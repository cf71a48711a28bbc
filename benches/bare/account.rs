//! The customers that are created, and the requests that it takes: for the bare client as the vendor's
//! page has them, for `apply` as files. *Touches: disk.*

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Every so many customers one has a second address, which takes a second request.
const SECOND_EVERY: usize = 10;

/// The requests of a customer, one after the other: path and body.
pub(crate) fn requests(n: usize) -> Vec<(&'static str, String)> {
    let create = format!(
        "brand_id=1&primary_id=C-{n}&firstname=Ada&lastname=Lovelace&tier=gold&channel_id=email\
         &customer_link_channel=c{n}%40example.com"
    );
    let mut requests = vec![("/api/v2/customer", create)];
    if n.is_multiple_of(SECOND_EVERY) {
        let add = format!("brand_id=1&primary_id=C-{n}&extra_twitter=ada{n}");
        requests.push(("/api/v2/customer/addchannelonly", add));
    }
    requests
}

/// Writes a repository that declares so many customers.
pub(crate) fn write(folder: &Path, url: &str, customers: usize, rate: f64) {
    let project = format!(
        "version: 1\nendpoint: {url}\nbrands: {{ shop: {{ id: 1 }} }}\n\
         api: {{ requests_per_second: {rate} }}\n"
    );
    fs::write(folder.join("omniform.yaml"), project).unwrap();
    let mut text = String::from("brand: shop\ncustomers:\n");
    for n in 0..customers {
        let second = if n.is_multiple_of(SECOND_EVERY) {
            format!(", twitter: ada{n}")
        } else {
            String::new()
        };
        writeln!(
            text,
            "  C-{n}: {{ firstname: Ada, lastname: Lovelace, fields: {{ tier: gold }}, \
             channels: {{ email: c{n}@example.com{second} }} }}"
        )
        .unwrap();
    }
    fs::create_dir(folder.join("customers")).unwrap();
    fs::write(folder.join("customers/shop.yaml"), text).unwrap();
}
