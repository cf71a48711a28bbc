//! `state`: looks at the record, or corrects it without a request. *Touches: disk, streams.*

use super::args::{Format, State as Command};
use super::context::{Context, Ended, patterns};
use super::exit::{Exit, Failure};
use super::output;
use super::record;
use super::workspace::Workspace;
use crate::desired::{Brands, Declared, Wanted};
use crate::model::{Address, BrandName, Channel, Customer, Key, Kind, Pattern, PrimaryId};
use crate::render;
use crate::state::{Doubt, Effect, Entry, Live, State};
use crate::store::Session;

pub(super) fn run(context: &Context, command: &Command) -> Ended {
    match command {
        Command::List => list(context),
        Command::Show { customer } => show(context, customer),
        Command::Adopt { customers, as_declared } => adopt(context, customers, *as_declared),
        Command::Move { old, new } => rename(context, old, new),
        Command::Forget { customers, channel } => forget(context, customers, channel.as_deref()),
    }
}

fn list(context: &Context) -> Ended {
    let selection = context.selection()?;
    let workspace = Workspace::open(context)?;
    let brands = &workspace.project.brands;
    // Nobody can be meant by an address in a brand that the project does not name.
    let meant = |key: &Key| match brands.customer(key) {
        Some(customer) => selection.contains(&customer),
        None => selection.targets.is_empty(),
    };
    let (state, mut doubts) = recorded(context, &workspace)?;
    let entries = state.entries().iter().filter(|(key, _)| meant(key));
    let entries = entries.map(|(key, entry)| (key.clone(), entry.clone())).collect();
    let state = State::restore(state.version().clone(), state.endpoint().clone(), entries);
    doubts.retain(|doubt| meant(&doubt.key));
    let text = match context.flags.format {
        Format::Json => render::state_list_json(&state, &doubts, brands),
        _ => render::state_list(&state, &doubts, brands, &context.view()),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

fn show(context: &Context, address: &str) -> Ended {
    let workspace = Workspace::open(context)?;
    let brands = &workspace.project.brands;
    let customer = parse_customer(address, brands)?;
    let (state, doubts) = recorded(context, &workspace)?;
    let key = customer.key();
    let doubtful = doubts.iter().any(|doubt| doubt.key == key);
    if !state.entries().contains_key(&key) && !doubtful {
        return Err(not_recorded(&customer));
    }
    let view = context.view();
    let text = match context.flags.format {
        Format::Json => render::state_show_json(&key, &state, &doubts, brands, view.values),
        _ => render::state_show(&key, &state, &doubts, brands, &view),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

fn adopt(context: &Context, glob: &str, as_declared: bool) -> Ended {
    let (workspace, desired) = Workspace::load(context)?;
    let pattern = pattern(glob)?;
    let session = record::open(context, &workspace, record::Missing::Start, "state adopt")?;
    let selection = context.selection()?;
    let mut adopted = Vec::new();
    let mut known = 0;
    for (key, declared) in &desired.customers {
        let Some(customer) = desired.brands.customer(key) else { continue };
        let Declared::Kept(wanted) = declared else { continue };
        if !pattern.matches(&customer) || !selection.contains(&customer) {
            continue;
        }
        match session.ledger().state().entries().get(key) {
            Some(Entry::Live(_)) => {
                context.say(&format!("{customer} is recorded already: left alone"));
                known += 1;
                continue;
            }
            Some(Entry::Purged(_)) => return Err(purged(&customer)),
            None => {}
        }
        refuse_doubt(&session, &customer)?;
        let live = if as_declared { as_recorded(wanted) } else { identity(wanted) };
        adopted.push((customer, Effect::Adopted(live)));
    }
    if adopted.is_empty() && known > 0 {
        return Ok(told(context, "Adopted", &[]));
    }
    finish(context, session, glob, "Adopted", adopted, "declared and not a tombstone")
}

fn identity(wanted: &Wanted) -> Live {
    Live { protect: wanted.protect, ..Live::default() }
}

fn as_recorded(wanted: &Wanted) -> Live {
    Live {
        fields: wanted
            .fields
            .iter()
            .map(|(field, wish)| (field.clone(), wish.clone().into()))
            .collect(),
        channels: wanted.channels.as_slice().iter().cloned().collect(),
        protect: wanted.protect,
    }
}

fn rename(context: &Context, old: &str, new: &str) -> Ended {
    let workspace = Workspace::open(context)?;
    let brands = &workspace.project.brands;
    let (old, new) = (parse_customer(old, brands)?, parse_customer(new, brands)?);
    if old.brand_id != new.brand_id {
        let error = format!("expected two ids of one brand, found {old} and {new}");
        return Err(Failure::new(Exit::Usage, error));
    }
    let session = record::open(context, &workspace, record::Missing::Refuse, "state move")?;
    let state = session.ledger().state();
    if !state.entries().contains_key(&old.key()) {
        return Err(not_recorded(&old));
    }
    if state.entries().contains_key(&new.key()) {
        let error = format!("expected {new} not to be recorded, but it is");
        return Err(Failure::new(Exit::Failed, error)
            .hint(format!("`omniform state forget {new}` first, if its record is worthless")));
    }
    refuse_doubt(&session, &old)?;
    refuse_doubt(&session, &new)?;
    let moved = vec![(old.clone(), Effect::Moved(new.id.clone()))];
    let glob = old.id.as_str();
    let ended = finish(context, session, glob, "Moved", moved, "recorded")?;
    context.say(&format!("{old} is recorded as {new} from now on"));
    Ok(ended)
}

fn forget(context: &Context, glob: &str, channel: Option<&str>) -> Ended {
    let workspace = Workspace::open(context)?;
    let pattern = pattern(glob)?;
    let channel = channel.map(parse_channel).transpose()?;
    let session = record::open(context, &workspace, record::Missing::Refuse, "state forget")?;
    let selection = context.selection()?;
    let mut forgotten = Vec::new();
    for (key, entry) in session.ledger().state().entries() {
        let Some(customer) = workspace.project.brands.customer(key) else { continue };
        if !pattern.matches(&customer) || !selection.contains(&customer) {
            continue;
        }
        let effect = match (&channel, entry) {
            (None, _) => Effect::Forgotten,
            (Some(channel), Entry::Live(live)) if live.has(channel) => {
                Effect::ChannelForgotten(channel.clone())
            }
            (Some(_), _) => continue,
        };
        refuse_doubt(&session, &customer)?;
        forgotten.push((customer, effect));
    }
    let what = if channel.is_some() { "recorded with that channel" } else { "recorded" };
    finish(context, session, glob, "Forgotten", forgotten, what)
}

/// Records the effects, all or none, and says whom they are about.
fn finish(
    context: &Context,
    mut session: Session,
    glob: &str,
    done: &str,
    effects: Vec<(Customer, Effect)>,
    expected: &str,
) -> Ended {
    if effects.is_empty() {
        let error = format!("expected {glob} to match a customer that is {expected}, found none");
        return Err(Failure::new(Exit::Failed, error)
            .hint("`omniform state list` shows the recorded customers"));
    }
    let mut lines = Vec::new();
    let mut customers = Vec::new();
    for (customer, effect) in effects {
        let line = session.ledger_mut().note(customer.key(), effect).map_err(|error| {
            let hint = error.hint();
            Failure::new(Exit::Failed, error).hint_if(hint)
        })?;
        lines.push(line);
        customers.push(customer);
    }
    session.append(&lines).and_then(|()| session.finish()).map_err(record::failure)?;
    Ok(told(context, done, &customers))
}

/// Says whom a correction was about; by then it is recorded.
fn told(context: &Context, done: &str, customers: &[Customer]) -> Exit {
    let text = match context.flags.format {
        Format::Json => render::changed_json(customers),
        _ => render::changed_text(done, customers),
    };
    output::print_anyway(&text);
    Exit::Done
}

fn recorded(context: &Context, workspace: &Workspace) -> Result<(State, Vec<Doubt>), Failure> {
    record::snapshot(context, workspace)?.ok_or_else(|| {
        let error = format!("expected a state at {}, found none", workspace.state_name());
        Failure::new(Exit::Failed, error)
            .hint("`omniform apply` makes it; --state or OMNIFORM_STATE say where it is")
    })
}

fn refuse_doubt(session: &Session, customer: &Customer) -> Result<(), Failure> {
    let key = customer.key();
    if session.ledger().doubts().iter().all(|doubt| doubt.key != key) {
        return Ok(());
    }
    let error = format!("a request of {customer} is in doubt: its record cannot be corrected yet");
    Err(Failure::new(Exit::Failed, error).hint("`omniform recover` settles it"))
}

fn not_recorded(customer: &Customer) -> Failure {
    let error = format!("expected {customer} to be recorded, but it is not");
    Failure::new(Exit::Failed, error).hint("`omniform state list` shows the recorded customers")
}

fn purged(customer: &Customer) -> Failure {
    let error = format!("{customer} is recorded as purged and cannot be adopted");
    Failure::new(Exit::Failed, error)
        .hint(format!("to start over on purpose: `omniform state forget {customer}`"))
}

fn pattern(glob: &str) -> Result<Pattern, Failure> {
    patterns("the command", &[glob.to_owned()])?.pop().ok_or_else(|| Failure::told(Exit::Usage))
}

/// Reads `brand/id`.
fn parse_customer(text: &str, brands: &Brands) -> Result<Customer, Failure> {
    let usage = |error: String| Failure::new(Exit::Usage, error);
    let (brand, id) = text
        .split_once('/')
        .ok_or_else(|| usage(format!("expected a customer as brand/id, found {text}")))?;
    let name = BrandName::new(brand);
    let known = name.as_ref().and_then(|name| brands.get(name).map(|brand| (name, brand)));
    let Some((name, known)) = known else {
        let names: Vec<&str> = brands.iter().map(|(name, _)| name.as_str()).collect();
        let error = format!("the project has no brand {brand}; it has {}", names.join(", "));
        return Err(usage(error));
    };
    let id = PrimaryId::new(id).map_err(|problem| usage(format!("the id {problem}")))?;
    Ok(Customer { brand: name.clone(), id, brand_id: known.id })
}

/// Reads `kind:address`.
fn parse_channel(text: &str) -> Result<Channel, Failure> {
    let usage = |error: String| Failure::new(Exit::Usage, error);
    let kinds = "email, telephone, facebook or twitter";
    let (kind, address) = text
        .split_once(':')
        .ok_or_else(|| usage("expected a channel as KIND:ADDRESS".to_owned()))?;
    let kind =
        Kind::parse(kind).ok_or_else(|| usage(format!("expected {kinds} before the colon")))?;
    let parsed =
        Address::parse(kind, address).map_err(|problem| usage(format!("--channel: {problem}")))?;
    Ok(Channel { kind, address: parsed.address })
}
