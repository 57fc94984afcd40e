//! A still picture as a PNG file: the last frame of the film.

use std::io::{self, Write};

use super::colours::Palette;
use super::picture::{MARK, Picture};
use super::raster::Raster;
use super::{Frame, Reel};
use crate::raft::Micros;

/// A PNG file being written.
pub struct Png<W> {
    out: W,
    picture: Picture,
    raster: Option<Raster>,
}

impl<W: Write> Png<W> {
    /// The file will be written to `out`, at the end.
    pub fn new(out: W, picture: &Picture) -> Png<W> {
        Png {
            out,
            picture: picture.clone(),
            raster: None,
        }
    }
}

impl<W: Write> Reel for Png<W> {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        Raster::show(&mut self.raster, &self.picture, frame.screen);
        Ok(())
    }

    fn end(&mut self, _: Micros) -> io::Result<()> {
        let Some(raster) = &self.raster else {
            return Ok(());
        };
        let (measures, pixels) = (raster.measures(), raster.pixels());
        let palette = Palette::of(pixels.iter().copied(), raster.colours(), 256);
        let size = (u32::from(measures.width), u32::from(measures.height));
        let mut encoder = png::Encoder::new(&mut self.out, size.0, size.1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette.bytes());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        encoder.add_text_chunk("Software".into(), MARK.into())?;
        let mut writer = encoder.write_header()?;
        let places = pixels.iter().map(|&id| palette.place(id).unwrap_or(0));
        writer.write_image_data(&places.collect::<Vec<u8>>())?;
        writer.finish()?;
        self.out.flush()
    }
}

/// True for the beginning of a PNG file that this program made.
pub fn is_own(head: &[u8]) -> bool {
    let mark = format!("tEXtSoftware\0{MARK}");
    let marked = |bytes: &[u8]| bytes == mark.as_bytes();
    head.starts_with(b"\x89PNG\r\n\x1a\n") && head.windows(mark.len()).any(marked)
}
