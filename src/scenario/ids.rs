//! Dense numbers for things that were checked to exist.

macro_rules! ids {
    ($($name:ident, $about:literal;)*) => {
        $(
            #[doc = $about]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub(super) u32);

            impl $name {
                /// Its place in the list of its kind.
                #[must_use]
                pub fn index(self) -> usize {
                    self.0 as usize
                }

                /// The id at a place of the list of its kind.
                #[must_use]
                pub fn at(index: usize) -> $name {
                    $name(u32::try_from(index).unwrap_or(u32::MAX))
                }
            }
        )*
    };
}

ids! {
    OwnerId, "A holder or a pool.";
    ClassId, "A share class.";
    ConditionId, "A condition.";
    FigureId, "A figure: its slot in every play.";
}
