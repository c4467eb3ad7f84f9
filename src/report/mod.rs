//! Pages of typed cells: which rows, in which order, with which totals.
//!
//! Takes outcomes, comparisons and documents, gives [`Page`]s. Lacks on purpose: widths, colours and number
//! formats; a renderer decides appearance only.

mod bridge;
mod compare;
mod differences;
mod exits;
mod explain;
mod figures;
mod flows;
mod instruments;
mod matrix;
mod money;
mod ownership;
mod page;
mod payouts;
mod portfolio;
mod rounds;
mod run;
mod runway;
mod sales;
mod sensitivity;
mod simulation;
mod solve;
mod sweep;
mod years;

pub use compare::compare_page;
pub use differences::Against;
pub use differences::Differences;
pub use differences::differences_grid;
pub use differences::differences_page;
pub use explain::explain;
pub use page::Align;
pub use page::Cell;
pub use page::Chart;
pub use page::Column;
pub use page::Grid;
pub use page::Page;
pub use page::Row;
pub use page::RowKind;
pub use page::Section;
pub use page::View;
pub use page::shown_parts;
pub use payouts::By;
pub use payouts::PayoutLine;
pub use payouts::payout_lines;
pub use payouts::payouts_grid;
pub use payouts::payouts_page;
pub use payouts::payouts_path;
pub use portfolio::Holding;
pub use portfolio::Portfolio;
pub use portfolio::PortfolioRow;
pub use portfolio::PortfolioTotal;
pub use portfolio::portfolio_page;
pub use portfolio::portfolio_row;
pub use run::run_page;
pub use sensitivity::sensitivity_grid;
pub use sensitivity::sensitivity_page;
pub use simulation::Simulated;
pub use simulation::simulation_grid;
pub use simulation::simulation_page;
pub use solve::answer;
pub use solve::solve_grid;
pub use solve::solve_page;
pub use sweep::sweep_grid;
pub use sweep::sweep_page;
