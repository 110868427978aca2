//! The migration graph, with the semantics of `django/db/migrations/graph.py` (3.2 to 6.1).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use petgraph::Direction;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use petgraph::visit::{EdgeRef, IntoEdgeReferences};

use super::keys::{AppLabel, MigrationKey};
use super::migration::Migration;
use crate::source::Location;

/// What stands at a key.
#[derive(Debug, Clone)]
pub enum Node {
    /// A migration.
    Migration(Arc<Migration>),
    /// Django's `DummyNode`: something names it and nothing defines it.
    Dummy {
        /// The first migration that names it.
        origin: MigrationKey,
    },
}

/// How an edge came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// The child lists the parent in `dependencies`.
    Dependency,
    /// The parent lists the child in `run_before`.
    RunBefore,
}

/// An edge from a parent to a child.
#[derive(Debug, Clone)]
pub struct Edge {
    /// How it came to be.
    pub kind: EdgeKind,
    /// The migration that writes it; after a squash took a node's place it can be a third one.
    pub written_by: MigrationKey,
    /// Where it is written.
    pub at: Option<Location>,
}

/// A step of a cycle: `child` depends on `parent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleStep {
    /// Who must come later.
    pub child: MigrationKey,
    /// Who must come before.
    pub parent: MigrationKey,
    /// Where that is written.
    pub at: Option<Location>,
}

/// `NodeNotFoundError`: the key is not in the graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not in the migration graph")]
pub struct NodeNotFound(pub MigrationKey);

/// `MigrationGraph`
#[derive(Debug, Clone, Default)]
pub struct MigrationGraph {
    graph: StableDiGraph<(MigrationKey, Node), Edge>,
    nodes: BTreeMap<MigrationKey, NodeIndex>,
}

impl MigrationGraph {
    /// `MigrationGraph.add_node`; false, and nothing changes, if the key is taken.
    pub fn add_node(&mut self, key: MigrationKey, migration: Arc<Migration>) -> bool {
        if self.nodes.contains_key(&key) {
            return false;
        }
        let index = self.graph.add_node((key.clone(), Node::Migration(migration)));
        self.nodes.insert(key, index);
        true
    }

    /// `MigrationGraph.add_dependency` with `skip_validation`: `edge.written_by` stands for the
    /// migration. Keys that are not there become dummy nodes.
    pub fn add_dependency(&mut self, child: &MigrationKey, parent: &MigrationKey, edge: Edge) {
        let child = self.node_or_dummy(child, &edge.written_by);
        let parent = self.node_or_dummy(parent, &edge.written_by);
        self.connect(parent, child, edge);
    }

    fn node_or_dummy(&mut self, key: &MigrationKey, origin: &MigrationKey) -> NodeIndex {
        if let Some(index) = self.nodes.get(key) {
            return *index;
        }
        let index = self.graph.add_node((key.clone(), Node::Dummy { origin: origin.clone() }));
        self.nodes.insert(key.clone(), index);
        index
    }

    /// Parents and children are sets: an edge that is there already stays as it was first written.
    fn connect(&mut self, parent: NodeIndex, child: NodeIndex, edge: Edge) {
        if self.graph.find_edge(parent, child).is_none() {
            self.graph.add_edge(parent, child, edge);
        }
    }

    /// `MigrationGraph.remove_replaced_nodes`: takes the `replaced` nodes out and moves their edges
    /// to `replacement`.
    ///
    /// # Errors
    /// The replacement itself is not, or no longer, in the graph.
    pub fn remove_replaced_nodes(
        &mut self,
        replacement: &MigrationKey,
        replaced: &BTreeSet<MigrationKey>,
    ) -> Result<(), NodeNotFound> {
        let target = self.index(replacement)?;
        for key in replaced {
            let Some(index) = self.nodes.remove(key) else { continue };
            for (other, direction, edge) in self.edges_of(index) {
                // An edge between replaced nodes would become a loop at the replacement.
                if self.graph.node_weight(other).is_none_or(|(key, _)| replaced.contains(key)) {
                    continue;
                }
                match direction {
                    Direction::Outgoing => self.connect(target, other, edge),
                    Direction::Incoming => self.connect(other, target, edge),
                }
            }
            self.graph.remove_node(index);
        }
        Ok(())
    }

    /// `MigrationGraph.remove_replacement_node`: takes a squash that cannot be used out again and
    /// hands its children to the last of what it would have replaced.
    ///
    /// # Errors
    /// The replacement itself is not, or no longer, in the graph.
    pub fn remove_replacement_node(
        &mut self,
        replacement: &MigrationKey,
        replaced: &BTreeSet<MigrationKey>,
    ) -> Result<(), NodeNotFound> {
        let index = self.index(replacement)?;
        self.nodes.remove(replacement);
        let present: Vec<NodeIndex> =
            replaced.iter().filter_map(|key| self.nodes.get(key).copied()).collect();
        let parents: HashSet<NodeIndex> = present
            .iter()
            .flat_map(|node| self.graph.neighbors_directed(*node, Direction::Incoming))
            .collect();
        let last: Vec<NodeIndex> = present.into_iter().filter(|node| !parents.contains(node)).collect();
        for (child, direction, edge) in self.edges_of(index) {
            if direction == Direction::Outgoing {
                for node in &last {
                    self.connect(*node, child, edge.clone());
                }
            }
        }
        self.graph.remove_node(index);
        Ok(())
    }

    /// Edges at a node, in the order of the other end's key.
    fn edges_of(&self, index: NodeIndex) -> Vec<(NodeIndex, Direction, Edge)> {
        let mut edges = Vec::new();
        for edge in self.graph.edges_directed(index, Direction::Outgoing) {
            edges.push((edge.target(), Direction::Outgoing, edge.weight().clone()));
        }
        for edge in self.graph.edges_directed(index, Direction::Incoming) {
            edges.push((edge.source(), Direction::Incoming, edge.weight().clone()));
        }
        edges.sort_by(|a, b| self.key_at(a.0).cmp(&self.key_at(b.0)));
        edges
    }

    /// `MigrationGraph.validate_consistency`, except that it names every dummy node and every edge
    /// at it, and takes them out so that the rest stands.
    pub fn take_dummies(&mut self) -> Vec<(MigrationKey, MigrationKey, Vec<Edge>)> {
        let dummies: Vec<(MigrationKey, MigrationKey, NodeIndex)> = self
            .nodes
            .iter()
            .filter_map(|(key, index)| match self.graph.node_weight(*index) {
                Some((_, Node::Dummy { origin })) => Some((key.clone(), origin.clone(), *index)),
                _ => None,
            })
            .collect();
        let mut found = Vec::new();
        for (key, origin, index) in dummies {
            let edges = self.edges_of(index).into_iter().map(|(_, _, edge)| edge).collect();
            self.graph.remove_node(index);
            self.nodes.remove(&key);
            found.push((key, origin, edges));
        }
        found
    }

    /// `MigrationGraph.ensure_not_cyclic`, except that it names every cycle it meets and takes the
    /// edge that closes it out, so that a plan exists for the rest.
    pub fn take_cycles(&mut self) -> Vec<Vec<CycleStep>> {
        let mut cycles = Vec::new();
        let mut done: HashSet<NodeIndex> = HashSet::new();
        let starts: Vec<NodeIndex> = self.nodes.values().copied().collect();
        for start in starts {
            if done.contains(&start) {
                continue;
            }
            let mut path = vec![start];
            let mut on_path: HashSet<NodeIndex> = HashSet::from([start]);
            let mut pending = vec![self.sorted_neighbours(start, Direction::Incoming)];
            while let Some(rest) = pending.last_mut() {
                let Some(parent) = rest.pop() else {
                    pending.pop();
                    if let Some(node) = path.pop() {
                        on_path.remove(&node);
                        done.insert(node);
                    }
                    continue;
                };
                if on_path.contains(&parent) {
                    cycles.push(self.cycle_from(&path, parent));
                    let child = path.last().copied().unwrap_or(parent);
                    if let Some(edge) = self.graph.find_edge(parent, child) {
                        self.graph.remove_edge(edge);
                    }
                } else if !done.contains(&parent) {
                    path.push(parent);
                    on_path.insert(parent);
                    pending.push(self.sorted_neighbours(parent, Direction::Incoming));
                }
            }
        }
        cycles
    }

    /// The steps from `parent` along the path to its end and back to `parent`.
    fn cycle_from(&self, path: &[NodeIndex], parent: NodeIndex) -> Vec<CycleStep> {
        let start = path.iter().position(|node| *node == parent).unwrap_or(0);
        let nodes = path.get(start..).unwrap_or_default();
        let next = nodes.iter().skip(1).chain(std::iter::once(&parent));
        let step = |(child, parent): (&NodeIndex, &NodeIndex)| {
            let edge = self.graph.find_edge(*parent, *child).and_then(|edge| self.graph.edge_weight(edge));
            Some(CycleStep {
                child: self.key_at(*child)?.clone(),
                parent: self.key_at(*parent)?.clone(),
                at: edge.and_then(|edge| edge.at.clone()),
            })
        };
        nodes.iter().zip(next).filter_map(step).collect()
    }

    fn key_at(&self, index: NodeIndex) -> Option<&MigrationKey> {
        self.graph.node_weight(index).map(|(key, _)| key)
    }

    fn index(&self, key: &MigrationKey) -> Result<NodeIndex, NodeNotFound> {
        self.nodes.get(key).copied().ok_or_else(|| NodeNotFound(key.clone()))
    }

    fn sorted_neighbours(&self, node: NodeIndex, direction: Direction) -> Vec<NodeIndex> {
        let mut nodes: Vec<NodeIndex> = self.graph.neighbors_directed(node, direction).collect();
        nodes.sort_by(|a, b| self.key_at(*a).cmp(&self.key_at(*b)));
        nodes
    }

    /// `MigrationGraph.forwards_plan`: what must be applied for `target`, itself last.
    ///
    /// # Errors
    /// `target` is not in the graph.
    pub fn forwards_plan(&self, target: &MigrationKey) -> Result<Vec<MigrationKey>, NodeNotFound> {
        Ok(self.iterative_dfs(self.index(target)?, Direction::Incoming))
    }

    /// `MigrationGraph.backwards_plan`: what must be unapplied for `target` to be, itself last.
    ///
    /// # Errors
    /// `target` is not in the graph.
    pub fn backwards_plan(&self, target: &MigrationKey) -> Result<Vec<MigrationKey>, NodeNotFound> {
        Ok(self.iterative_dfs(self.index(target)?, Direction::Outgoing))
    }

    /// `MigrationGraph.iterative_dfs`: neighbours go onto the stack sorted, so the last comes first.
    fn iterative_dfs(&self, start: NodeIndex, direction: Direction) -> Vec<MigrationKey> {
        let mut visited = Vec::new();
        let mut seen: HashSet<NodeIndex> = HashSet::new();
        let mut stack = vec![(start, false)];
        while let Some((node, processed)) = stack.pop() {
            if seen.contains(&node) {
                continue;
            }
            if processed {
                seen.insert(node);
                visited.extend(self.key_at(node).cloned());
            } else {
                stack.push((node, true));
                stack.extend(self.sorted_neighbours(node, direction).into_iter().map(|node| (node, false)));
            }
        }
        visited
    }

    /// `MigrationGraph.root_nodes`: nodes without a parent in their own app, sorted.
    pub fn root_nodes(&self, app: Option<&AppLabel>) -> Vec<MigrationKey> {
        self.ends(app, Direction::Incoming)
    }

    /// `MigrationGraph.leaf_nodes`: nodes without a child in their own app, sorted.
    pub fn leaf_nodes(&self, app: Option<&AppLabel>) -> Vec<MigrationKey> {
        self.ends(app, Direction::Outgoing)
    }

    fn ends(&self, app: Option<&AppLabel>, direction: Direction) -> Vec<MigrationKey> {
        let is_end = |(key, index): &(&MigrationKey, &NodeIndex)| {
            let mut neighbours = self.graph.neighbors_directed(**index, direction);
            neighbours.all(|other| self.key_at(other).is_none_or(|other| other.app != key.app))
        };
        match app {
            None => self.nodes.iter().filter(is_end).map(|(key, _)| key.clone()).collect(),
            Some(app) => self
                .nodes
                .range(MigrationKey::new(app.clone(), "")..)
                .take_while(|(key, _)| key.app == *app)
                .filter(is_end)
                .map(|(key, _)| key.clone())
                .collect(),
        }
    }

    /// `MigrationGraph._generate_plan` with `at_end`: the plans of `targets` in turn, each migration once.
    pub fn generate_plan(&self, targets: &[MigrationKey]) -> Vec<MigrationKey> {
        let mut plan = Vec::new();
        let mut seen: HashSet<NodeIndex> = HashSet::new();
        let mut stack: Vec<(NodeIndex, bool)> = Vec::new();
        for target in targets {
            // What an earlier target brought is visited already, with all its parents: going on with
            // one set of visited nodes gives the same order as planning each target for itself.
            stack.extend(self.nodes.get(target).map(|index| (*index, false)));
            while let Some((node, processed)) = stack.pop() {
                if seen.contains(&node) {
                    continue;
                }
                if processed {
                    seen.insert(node);
                    plan.extend(self.key_at(node).cloned());
                } else {
                    stack.push((node, true));
                    let parents = self.sorted_neighbours(node, Direction::Incoming);
                    stack.extend(parents.into_iter().map(|node| (node, false)));
                }
            }
        }
        plan
    }

    /// The plan of everything: what `migrate` does on an empty database.
    pub fn full_plan(&self) -> Vec<MigrationKey> {
        self.generate_plan(&self.leaf_nodes(None))
    }

    /// Whether the key is in the graph.
    pub fn contains(&self, key: &MigrationKey) -> bool {
        self.nodes.contains_key(key)
    }

    /// The keys of all nodes, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &MigrationKey> {
        self.nodes.keys()
    }

    /// The migration at a key; `None` for a dummy too.
    pub fn migration(&self, key: &MigrationKey) -> Option<&Arc<Migration>> {
        match self.graph.node_weight(*self.nodes.get(key)?)? {
            (_, Node::Migration(migration)) => Some(migration),
            (_, Node::Dummy { .. }) => None,
        }
    }

    /// The keys of a node's parents, sorted; none if it is not in the graph.
    pub fn parents(&self, key: &MigrationKey) -> Vec<MigrationKey> {
        self.neighbours(key, Direction::Incoming)
    }

    /// The keys of a node's children, sorted; none if it is not in the graph.
    pub fn children(&self, key: &MigrationKey) -> Vec<MigrationKey> {
        self.neighbours(key, Direction::Outgoing)
    }

    fn neighbours(&self, key: &MigrationKey, direction: Direction) -> Vec<MigrationKey> {
        let Some(index) = self.nodes.get(key) else { return Vec::new() };
        let nodes = self.sorted_neighbours(*index, direction);
        nodes.into_iter().filter_map(|node| self.key_at(node).cloned()).collect()
    }

    /// All edges as (child, parent, edge), sorted.
    pub fn edges(&self) -> Vec<(MigrationKey, MigrationKey, &Edge)> {
        let mut edges: Vec<_> = self
            .graph
            .edge_references()
            .filter_map(|edge| {
                let child = self.key_at(edge.target())?.clone();
                Some((child, self.key_at(edge.source())?.clone(), edge.weight()))
            })
            .collect();
        edges.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::migration::Origin;

    fn key(name: &str) -> MigrationKey {
        MigrationKey::new(AppLabel::new("app"), name)
    }

    fn graph(edges: &[(&str, &str)]) -> MigrationGraph {
        let mut graph = MigrationGraph::default();
        for name in edges.iter().flat_map(|(child, parent)| [child, parent]) {
            graph.add_node(key(name), Arc::new(Migration::empty(key(name), Origin::Project)));
        }
        for (child, parent) in edges {
            let edge = Edge { kind: EdgeKind::Dependency, written_by: key(child), at: None };
            graph.add_dependency(&key(child), &key(parent), edge);
        }
        graph
    }

    #[test]
    fn a_cycle_is_named_and_the_rest_has_a_plan() {
        let mut graph = graph(&[("b", "a"), ("c", "b"), ("b", "c"), ("e", "d")]);
        let cycles = graph.take_cycles();
        assert_eq!(cycles.len(), 1);
        assert_eq!(cycles[0].len(), 2);
        assert_eq!(graph.full_plan().len(), 5);
    }

    #[test]
    fn replaced_nodes_hand_their_edges_over() {
        let mut graph = graph(&[("b", "a"), ("c", "b"), ("d", "c"), ("s", "a")]);
        graph.remove_replaced_nodes(&key("s"), &BTreeSet::from([key("b"), key("c")])).unwrap();
        assert_eq!(graph.full_plan(), [key("a"), key("s"), key("d")]);
    }
}
