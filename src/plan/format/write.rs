//! A plan into its file. *Pure.*

use super::{
    BaseRow, ChannelRow, ComparedRow, CustomerRow, DoubtRow, FIRST, FieldRow, NoteRow, PlanFile,
    RemarkKind, StepRow, Tool, VERSION, WithdrawnRow,
};
use crate::model::{Channel, Customer, Field, Value, escape_json, is_invisible};
use crate::plan::{
    Action, Change, Compared, Create, Frozen, Note, Plan, RefusedBy, Remark, Step, Withdrawn,
};
use crate::state::Base;

impl PlanFile {
    /// The plan in the shape of the file, with its digest.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let tool = Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let base = match &plan.base {
            Some(Base { version, journal }) => BaseRow {
                lineage: Some(version.lineage.clone()),
                serial: version.serial,
                journal: journal.clone(),
            },
            None => BaseRow { lineage: None, serial: 0, journal: None },
        };
        let refused_newly =
            plan.refusal.as_ref().is_some_and(|refusal| refusal.by != RefusedBy::ChangeLimit);
        let newer = plan.compared.is_some() || refused_newly;
        let mut file = Self {
            format_version: if newer { VERSION } else { FIRST }.to_owned(),
            tool,
            plan_id: String::new(),
            base,
            endpoint: plan.endpoint.clone(),
            summary: plan.summary(),
            steps: plan.steps.iter().map(StepRow::from).collect(),
            notes: plan.notes.iter().map(NoteRow::from).collect(),
            doubts: plan.doubts.iter().map(DoubtRow::from).collect(),
            refusal: plan.refusal.clone(),
            compared: plan.compared.as_ref().map(ComparedRow::from),
        };
        if let Some(Compared { steps, notes, .. }) = &plan.compared {
            file.steps.iter_mut().for_each(|row| row.pending = steps.contains(&row.id));
            let rows = file.notes.iter_mut().enumerate();
            rows.for_each(|(index, row)| row.pending = notes.contains(&index));
        }
        file.sealed()
    }

    /// The file as it is: pretty JSON, two blanks a level, a line feed at the end. `<`, invisible and
    /// control characters are escaped, so that the text is safe to paste.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = escape(pretty(self));
        text.push('\n');
        text
    }
}

/// More than most steps take as text, in bytes: a longer text is moved while it is written.
const STEP_BYTES: usize = 1024;

#[expect(clippy::expect_used, reason = "rows of texts and numbers always serialise into memory")]
fn pretty(file: &PlanFile) -> String {
    let mut text = Vec::new();
    // Without it the text finds its room as it grows.
    let _ = text.try_reserve(STEP_BYTES.saturating_mul(file.steps.len()));
    serde_json::to_writer_pretty(&mut text, file).expect("a plan is JSON");
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// Escapes what could be active or unseen.
fn escape(json: String) -> String {
    escape_json(json, |_, c| c == '<' || c.is_control() || is_invisible(c))
}

impl From<&Customer> for CustomerRow {
    fn from(customer: &Customer) -> Self {
        Self { brand: customer.brand.clone(), brand_id: customer.brand_id, id: customer.id.clone() }
    }
}

impl From<&Channel> for ChannelRow {
    fn from(channel: &Channel) -> Self {
        Self { kind: channel.kind, address: channel.address.text() }
    }
}

impl FieldRow {
    fn new(field: &Field, before: Option<&Value>, after: Option<&Value>) -> Self {
        Self {
            name: field.text(),
            custom: field.is_custom(),
            before: before.map(Value::text),
            after: after.map(Value::text),
        }
    }
}

impl From<&Step> for StepRow {
    fn from(step: &Step) -> Self {
        let mut row = Self {
            id: step.id,
            action: step.action.verb(),
            customer: (&step.customer).into(),
            reason: step.reason,
            source: step.source.clone(),
            fields: Vec::new(),
            channels: step.action.channels().iter().map(ChannelRow::from).collect(),
            no_sync: None,
            ticket_id: None,
            protect: false,
            order: None,
            held: step.held.clone(),
            pending: false,
        };
        match &step.action {
            Action::Create(create) => {
                let Create { fields, channel: _, no_sync, ticket_id, protect } = create;
                let set = |(field, wish): (&_, &crate::model::Wish)| {
                    FieldRow::new(field, None, wish.value())
                };
                row.fields = fields.iter().map(set).collect();
                (row.no_sync, row.ticket_id, row.protect) = (Some(*no_sync), *ticket_id, *protect);
            }
            Action::Update(changes) => {
                let change = |change: &Change| {
                    FieldRow::new(&change.field, change.before.as_ref(), change.after.value())
                };
                row.fields = changes.iter().map(change).collect();
            }
            Action::AddChannels(add) => row.no_sync = Some(add.no_sync),
            Action::Purge(purge) => row.order.clone_from(&purge.order),
        }
        row
    }
}

impl From<&Note> for NoteRow {
    fn from(note: &Note) -> Self {
        let mut row = Self {
            kind: RemarkKind::Forgotten,
            customer: (&note.customer).into(),
            detail: note.remark.detail(),
            field: None,
            custom: false,
            channel: None,
            protect: None,
            pending: false,
        };
        match &note.remark {
            Remark::ReleasedField(field) => {
                row.kind = RemarkKind::ReleasedField;
                (row.field, row.custom) = (Some(field.text()), field.is_custom());
            }
            Remark::KeptChannel(channel) => {
                (row.kind, row.channel) = (RemarkKind::KeptChannel, Some(channel.into()));
            }
            Remark::Forgotten => {}
            Remark::Protected => row.kind = RemarkKind::Protected,
            Remark::ProtectChanged(protect) => {
                (row.kind, row.protect) = (RemarkKind::ProtectChanged, Some(*protect));
            }
        }
        row
    }
}

impl From<&Compared> for ComparedRow {
    fn from(compared: &Compared) -> Self {
        Self {
            revision: compared.revision.clone(),
            commit: compared.commit.clone(),
            withdrawn: compared.withdrawn.iter().map(WithdrawnRow::from).collect(),
        }
    }
}

impl From<&Withdrawn> for WithdrawnRow {
    fn from(withdrawn: &Withdrawn) -> Self {
        Self { action: withdrawn.verb, customer: (&withdrawn.customer).into() }
    }
}

impl From<&Frozen> for DoubtRow {
    fn from(frozen: &Frozen) -> Self {
        Self { customer: (&frozen.customer).into(), verb: frozen.verb, since: frozen.since }
    }
}

#[cfg(test)]
mod tests {
    use super::{PlanFile, escape};
    use crate::desired::Wanted;
    use crate::model::{Field, Kind};
    use crate::plan::scene::{Scene, channel, live, set, tier, wanted};

    #[test]
    fn the_file_has_the_shape_of_the_contract() {
        let channels =
            [channel(Kind::Email, "ada@example.com"), channel(Kind::Telephone, "+31201234567")];
        let fields = [(Field::Firstname, set("Ada")), (tier(), set("gold"))];
        let ada = Wanted { ticket_id: Some(881), ..wanted(&fields, &channels) };
        let scene = Scene::new()
            .want("3/C-1001", ada)
            .want("3/C-1002", wanted(&[], &[]))
            .record("3/C-1002", live(&[], &channels[..0]))
            .record("3/C-1003", live(&[], &[]))
            .want("3/C-1004", wanted(&[], &[]))
            .record("3/C-1004", live(&[], &[channel(Kind::Twitter, "adal")]))
            .doubt("7/C-1");
        let mut file = PlanFile::new(&scene.plan());
        assert_eq!(file.plan_id.len(), 64);
        (file.plan_id, file.tool.version) = ("(id)".to_owned(), "(version)".to_owned());
        insta::assert_snapshot!(serde_json::to_string(&file).unwrap());
    }

    #[test]
    fn risky_characters_are_escaped_and_mean_the_same() {
        let text = "\"a<b \u{200B} \u{E0041} \u{85} é\"";
        let safe = escape(text.to_owned());
        assert_eq!(safe, r#""a\u003cb \u200b \udb40\udc41 \u0085 é""#);
        let read = |text: &str| serde_json::from_str::<String>(text).unwrap();
        assert_eq!(read(&safe), read(text));
    }
}
