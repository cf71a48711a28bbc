//! A plan in numbers, as bars by brand and action. *Pure.*
//!
//! A table whose last column draws the number next to it: who sees no bars loses nothing.

use super::{escape, totals};
use crate::plan::{Plan, Summary};

/// The table of totals; empty if there are no steps.
pub(super) fn table(plan: &Plan) -> String {
    let brands = totals::by_brand(plan);
    let largest = brands.values().flat_map(|sum| actions(sum).map(|(_, _, count)| count)).max();
    let Some(largest) = largest.filter(|&largest| largest > 0) else { return String::new() };
    let mut rows = String::new();
    for (brand, sum) in brands {
        let shown: Vec<_> = actions(&sum).into_iter().filter(|(_, _, count)| *count > 0).collect();
        rows.push_str("<tbody>\n");
        for (index, (class, name, count)) in shown.iter().enumerate() {
            let brand = match index {
                0 => format!(
                    "<th scope=\"rowgroup\" rowspan=\"{}\">{}</th>",
                    shown.len(),
                    escape::html(brand.as_str())
                ),
                _ => String::new(),
            };
            push!(
                rows,
                "<tr>{brand}<th scope=\"row\" class=\"{class}\">{name}</th><td>{count}</td>\
                 <td class=\"bar\">{}</td></tr>\n",
                bar(class, *count, largest)
            );
        }
        rows.push_str("</tbody>\n");
    }
    format!(
        "<table class=\"totals\">\n<thead><tr><th scope=\"col\">brand</th>\
         <th scope=\"col\">action</th><th scope=\"col\">count</th><td></td></tr></thead>\n\
         {rows}</table>\n"
    )
}

/// The actions of a brand: class, word, count.
fn actions(sum: &Summary) -> [(&'static str, &'static str, u64); 5] {
    [
        ("purge", "- purge", sum.purge),
        ("alert", "! held", sum.held),
        ("create", "+ create", sum.create),
        ("update", "~ update", sum.update),
        ("add-channel", "+ channel", sum.channels),
    ]
}

/// A bar as wide as its share of the largest, in thousandths. Without a style of its own, since the
/// page's policy allows one style sheet only.
fn bar(class: &str, count: u64, largest: u64) -> String {
    let share = (count.saturating_mul(1000) / largest).max(8);
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\"><rect width=\"{share}\" height=\"10\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::{bar, table};
    use crate::render::samples;

    #[test]
    fn a_bar_is_as_wide_as_its_share_and_never_unseen() {
        assert!(bar("create", 5, 10).contains("width=\"500\""));
        assert!(bar("create", 1, 100_000).contains("width=\"8\""));
    }

    #[test]
    fn each_action_of_a_brand_has_a_row() {
        let table = table(&samples::plan());
        assert!(table.contains("rowspan=\"5\">shop</th>"), "{table}");
        assert!(table.contains("<th scope=\"row\" class=\"purge\">- purge</th><td>2</td>"));
        assert_eq!(super::table(&samples::empty_plan()), "");
    }
}
