//! Which figures move together: paths become figures here, after all of them were read.

use super::Reader;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Spanned;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::document::Document;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::correlation::Correlation;
use crate::scenario::ids::FigureId;

impl Reader<'_> {
    /// Every correlation between two figures that vary.
    pub(super) fn correlations(&mut self, document: &Document) -> Vec<Correlation> {
        let root = self.root;
        root.things("correlation").filter_map(|(id, node)| self.correlation(id, node, document)).collect()
    }

    fn correlation(&mut self, id: &str, node: &TableNode, document: &Document) -> Option<Correlation> {
        let path = format!("correlation.{id}");
        let rank = self.figure(node, &path, "rank", Quantity::Rank);
        if let Some(rank) = rank.and_then(|rank| self.figures.get(rank)).filter(|rank| rank.spread.is_some()) {
            let fault = Diagnostic::new(Code::UnusedKey, format!("the shape of `{}` would change nothing", rank.path));
            let fault = match rank.span {
                Some(span) => fault.at(span),
                None => fault,
            };
            self.bag.add(fault.help("a rank says how others are drawn and is not drawn itself: take the shape out"));
        }
        let found: Vec<Option<FigureId>> =
            node.list("between").iter().map(|named| self.varying(&path, named, document)).collect();
        let [Some(one), Some(other)] = found.as_slice() else { return None };
        Some(Correlation {
            id: id.to_owned(),
            name: Self::name(node, id),
            between: [*one, *other],
            rank: rank?,
            span: node.span,
        })
    }

    /// The figure at a path, if it has a shape.
    fn varying(&mut self, path: &str, named: &Spanned<String>, document: &Document) -> Option<FigureId> {
        let Some(id) = self.figures.id_of(&named.value) else {
            self.no_figure(path, named, document);
            return None;
        };
        let figure = self.figures.get(id)?;
        if figure.spread.is_some() {
            return Some(id);
        }
        if self.condition_of(&named.value).is_some() {
            self.no_condition(named);
            return None;
        }
        // An overlay that gives a figure one number takes its shape with it. That is asked for, and is said; a base that
        // names a figure without a shape has no meaning in any reading.
        let overlaid = !document.applied.is_empty() || figure.span.is_some_and(|span| span.source != named.span.source);
        let (code, help) = if overlaid {
            (Code::HeldFixed, "give it a shape, or remove the correlation where the figure is replaced")
        } else {
            (
                Code::UnusedKey,
                "give the figure a shape, as { value = \"2M\", low = \"1M\", high = \"3M\", shape = \"triangular\" }",
            )
        };
        let message = format!("`{path}` has nothing to move: `{}` has no shape", named.value);
        let fault = Diagnostic::new(code, message).about(path).at(named.span);
        let fault = match figure.span {
            Some(span) => fault.beside(span, "always this value"),
            None => fault.label("the default of the format"),
        };
        self.bag.add(fault.help(help));
        None
    }

    /// Says that no figure stands at a path, and which may be meant.
    fn no_figure(&mut self, correlation: &str, named: &Spanned<String>, document: &Document) {
        if self.condition_of(&named.value).is_some() {
            self.no_condition(named);
            return;
        }
        let path = named.value.as_str();
        let fault = Diagnostic::new(Code::UnknownReference, format!("no figure `{path}` is written")).at(named.span);
        let holds = |gone: &str| path.strip_prefix(gone).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if let Some(removed) = document.removed.iter().rev().find(|removed| holds(&removed.path)) {
            self.bag.add(
                fault
                    .label("still refers to it")
                    .beside(removed.at, "removed here")
                    .help("keep the figure, or remove the correlation too"),
            );
            return;
        }
        if let Some(dropped) = document.dropped.iter().rev().find(|dropped| holds(&dropped.path)) {
            self.bag.add(
                Diagnostic::new(Code::HeldFixed, format!("`{correlation}` has nothing to move: `{path}` is gone"))
                    .about(correlation)
                    .at(named.span)
                    .beside(dropped.by, "this took its place")
                    .help("remove the correlation where the figure is replaced"),
            );
            return;
        }
        let varying: Vec<&str> =
            self.figures.iter().filter(|figure| figure.spread.is_some()).map(|figure| figure.path.as_str()).collect();
        self.bag.add(match nearest(path, varying.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None if varying.is_empty() => fault.help("no figure of this scenario has a shape"),
            None => fault.help(format!("figures with a shape are {}", one_of(varying))),
        });
    }

    /// The condition that a path leads to, or into.
    fn condition_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let id = path.strip_prefix("condition.")?.split('.').next()?;
        self.conditions.contains_key(id).then_some(id)
    }

    fn no_condition(&mut self, named: &Spanned<String>) {
        self.bag.add(
            Diagnostic::new(Code::NotYetSupported, format!("`{}` is no figure with a shape", named.value))
                .at(named.span)
                .label("a condition is met or not")
                .help("figures move together, conditions do not yet: each is drawn for itself, once for all that wait for it"),
        );
    }
}
