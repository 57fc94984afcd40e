//! Which places of the picture are taken, so that no text stands on another.

/// A part of the picture.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    fn meets(&self, other: &Area) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// What is taken.
#[derive(Default, Debug)]
pub struct Labels(Vec<Area>);

impl Labels {
    /// True when nothing is there.
    pub fn fits(&self, place: &Area) -> bool {
        !self.0.iter().any(|taken| taken.meets(place))
    }

    /// Something is there from now on.
    pub fn take(&mut self, place: Area) {
        self.0.push(place);
    }
}
