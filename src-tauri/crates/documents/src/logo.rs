//! The seller's logo. It is kept as PNG, in the pixels that a printer can show: an SVG is drawn once, when it is taken, so
//! that no document ever depends on how it would be drawn later, or can be broken by it.

use krilla::Document;
use krilla::geom::{Size, Transform};
use krilla::image::Image;
use krilla::page::PageSettings;
use resvg::tiny_skia::{Pixmap, Transform as PixelTransform};
use resvg::usvg::{self, roxmltree};

use crate::DocumentError;

/// A picture of moderate size, PNG, that can be set.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    bytes: Vec<u8>,
    width: u16,
    height: u16,
}

/// So large an SVG is drawn at most: 576 points to the inch where it stands.
const DRAWN: (f32, f32) = (1360.0, 368.0);
/// What an SVG can't have, by how it is called there, and what to do.
const NEVER: [(&[&str], &str); 3] = [
    (
        &["text", "tspan", "textPath", "altGlyph"],
        "it has text, for which the font would be missing; turn text into paths",
    ),
    (
        &[
            "image",
            "feImage",
            "foreignObject",
            "iframe",
            "video",
            "audio",
            "script",
        ],
        "it embeds a picture, a page or a script; draw it with paths alone",
    ),
    (&["animate", "animateTransform", "animateMotion", "set"], "it moves"),
];

impl Logo {
    /// The most pixels of a side.
    pub const MAX_PIXELS: u16 = 4096;
    /// The most bytes of the file.
    pub const MAX_BYTES: usize = 200 * 1024;

    /// Takes a PNG or SVG file, whatever its name.
    pub fn from_file(bytes: Vec<u8>) -> Result<Self, DocumentError> {
        if bytes.starts_with(b"\x89PNG") {
            return Self::from_png(bytes);
        }
        if bytes.len() > Self::MAX_BYTES {
            return Err(Self::too_large());
        }
        let text = String::from_utf8(bytes).map_err(|_| DocumentError::Logo)?;
        Self::from_svg(&text)
    }

    /// Takes a PNG file: all of it is read, so that none that is damaged is ever kept. Its size is looked at first, so
    /// that no small file makes a huge picture.
    pub fn from_png(bytes: Vec<u8>) -> Result<Self, DocumentError> {
        let logo = Self::known_png(bytes)?;
        let (width, height) = logo.size();
        let mut document = Document::new();
        let settings = PageSettings::from_wh(width, height).ok_or(DocumentError::Logo)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let size = Size::from_wh(width, height).ok_or(DocumentError::Logo)?;
        surface.push_transform(&Transform::from_translate(0.0, 0.0));
        surface.draw_image(logo.image()?, size);
        surface.pop();
        surface.finish();
        page.finish();
        document.finish().map_err(|_| DocumentError::Logo)?;
        Ok(logo)
    }

    /// A PNG file that was taken before: only its head is read.
    pub fn known_png(bytes: Vec<u8>) -> Result<Self, DocumentError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(Self::too_large());
        }
        let image = Image::from_png(bytes.clone().into(), true).map_err(|_| DocumentError::Logo)?;
        let (width, height) = match image.size() {
            (0, _) | (_, 0) => return Err(DocumentError::Logo),
            (width, height) => (u16::try_from(width), u16::try_from(height)),
        };
        let (Ok(width), Ok(height)) = (width, height) else {
            return Err(Self::too_large());
        };
        if width.max(height) > Self::MAX_PIXELS {
            return Err(Self::too_large());
        }
        Ok(Self { bytes, width, height })
    }

    /// Draws an SVG. Nothing is loaded from anywhere: what would be is refused.
    fn from_svg(text: &str) -> Result<Self, DocumentError> {
        if text.contains("<!ENTITY") {
            return Err(content("it declares entities; save it as plain SVG"));
        }
        let options = roxmltree::ParsingOptions {
            allow_dtd: true,
            nodes_limit: 20_000,
            ..roxmltree::ParsingOptions::default()
        };
        let xml = roxmltree::Document::parse_with_options(text, options).map_err(|_| DocumentError::Logo)?;
        if !xml.root_element().has_tag_name(("http://www.w3.org/2000/svg", "svg")) {
            return Err(DocumentError::Logo);
        }
        xml.descendants().try_for_each(check_node)?;
        let nothing = usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        };
        let options = usvg::Options {
            image_href_resolver: nothing,
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_xmltree(&xml, &options).map_err(|_| DocumentError::Logo)?;
        let (width, height) = (tree.size().width(), tree.size().height());
        if tree.root().abs_bounding_box().width() <= 0.0 && tree.root().abs_bounding_box().height() <= 0.0 {
            return Err(content("nothing is drawn in it"));
        }
        let mut scale = (DRAWN.0 / width).min(DRAWN.1 / height);
        // One that is full of colour is drawn with fewer pixels.
        for _ in 0..3 {
            let bytes = drawn(&tree, scale)?;
            if bytes.len() <= Self::MAX_BYTES {
                return Self::from_png(bytes);
            }
            scale /= 2.0;
        }
        Err(Self::too_large())
    }

    /// Smoothed where it is made larger.
    pub(crate) fn image(&self) -> Result<Image, DocumentError> {
        Image::from_png(self.bytes.clone().into(), true).map_err(|_| DocumentError::Logo)
    }

    /// Width and height in pixels.
    pub fn pixels(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    pub(crate) fn size(&self) -> (f32, f32) {
        (self.width.into(), self.height.into())
    }

    const fn too_large() -> DocumentError {
        DocumentError::LogoTooLarge {
            max_pixels: Self::MAX_PIXELS,
            max_bytes: Self::MAX_BYTES,
        }
    }

    /// The file.
    pub fn png(&self) -> &[u8] {
        &self.bytes
    }
}

fn content(why: &str) -> DocumentError {
    DocumentError::LogoContent(why.to_owned())
}

fn check_node(node: roxmltree::Node<'_, '_>) -> Result<(), DocumentError> {
    if node.ancestors().take(DEEPEST + 1).count() > DEEPEST {
        return Err(content("it is nested too deep"));
    }
    let name = node.tag_name().name();
    if let Some((_, why)) = NEVER.iter().find(|(names, _)| names.contains(&name)) {
        return Err(content(why));
    }
    let outside = || content("it refers to something outside of itself");
    // What a link leads to isn't loaded.
    let mut references = node
        .attributes()
        .filter(|attribute| attribute.name() == "href" && name != "a");
    if references.any(|attribute| !attribute.value().trim_start().starts_with('#')) {
        return Err(outside());
    }
    let style = node.text().filter(|_| name == "style");
    let mut values = node.attributes().map(|attribute| attribute.value()).chain(style);
    if values.any(leads_outside) {
        return Err(outside());
    }
    Ok(())
}

/// The deepest that elements may lie in each other.
const DEEPEST: usize = 64;

/// Whether a style loads something: `@import`, or a `url(…)` of anything but a part of the same picture.
fn leads_outside(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let mut addresses = value
        .match_indices("url(")
        .filter_map(|(at, word)| value.get(at + word.len()..));
    value.contains("@import") || addresses.any(|address| !address.trim_start_matches([' ', '\'', '"']).starts_with('#'))
}

fn drawn(tree: &usvg::Tree, scale: f32) -> Result<Vec<u8>, DocumentError> {
    let size = tree.size().to_int_size().scale_by(scale).ok_or_else(Logo::too_large)?;
    if size.width().max(size.height()) > u32::from(Logo::MAX_PIXELS) {
        return Err(Logo::too_large());
    }
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or_else(Logo::too_large)?;
    // As drawn: sides are rounded to whole pixels.
    let transform = PixelTransform::from_scale(
        whole(size.width()) / tree.size().width(),
        whole(size.height()) / tree.size().height(),
    );
    resvg::render(tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|_| DocumentError::Logo)
}

fn whole(pixels: u32) -> f32 {
    u16::try_from(pixels).map_or(f32::from(Logo::MAX_PIXELS), f32::from)
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({}×{}, {} bytes)", self.width, self.height, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn svg(content: &str) -> Result<Logo, DocumentError> {
        let text = format!(
            "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             viewBox=\"0 0 200 50\">{content}</svg>"
        );
        Logo::from_file(text.into_bytes())
    }

    const SHAPE: &str = r##"<defs><linearGradient id="g"><stop offset="0" stop-color="#123"/><stop offset="1" stop-color="#9cf"/></linearGradient></defs>
        <rect width="200" height="50" rx="8" fill="url(#g)"/><a href="https://example.com"><path d="M10 10h80v30z" fill="white"/></a>
        <use href="#s" x="50"/><g id="s"><circle cx="20" cy="25" r="9"/></g>"##;

    #[test]
    fn a_png_is_taken_whole_and_of_moderate_size_only() {
        let logo = Logo::from_file(samples::png(40, 30)).unwrap();
        assert_eq!(logo.pixels(), (40, 30));
        assert_eq!(Logo::known_png(logo.png().to_vec()).unwrap(), logo);
        for wrong in [
            b"GIF89a".to_vec(),
            vec![],
            b"\x89PNG\r\n\x1a\n".to_vec(),
            vec![0xff; 100],
        ] {
            assert_eq!(Logo::from_file(wrong), Err(DocumentError::Logo));
        }
        let whole = samples::png(40, 30);
        for cut in [40, whole.len() / 2, whole.len() - 20] {
            assert!(Logo::from_file(whole[..cut].to_vec()).is_err(), "cut after {cut}");
        }
        for large in [samples::png(5000, 1), samples::png(300, 300)] {
            let refused = Logo::from_file(large);
            assert!(
                matches!(refused, Err(DocumentError::LogoTooLarge { .. })),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn an_svg_becomes_pixels_that_a_printer_can_show() {
        let logo = svg(SHAPE).unwrap();
        assert_eq!(logo.pixels(), (1360, 340));
        assert!(logo.png().starts_with(b"\x89PNG") && logo.png().len() <= Logo::MAX_BYTES);
        assert_eq!(svg(SHAPE).unwrap(), logo, "the same bytes each time");
        // With the head that drawing programs write.
        let text = "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">\
                    <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"400\"><rect width=\"10\" height=\"400\"/></svg>";
        assert_eq!(Logo::from_file(text.into()).unwrap().pixels(), (9, 368));
    }

    #[test]
    fn an_svg_loads_nothing_and_runs_nothing() {
        for (content, why) in [
            ("<image href=\"/etc/passwd\" width=\"9\" height=\"9\"/>", "embeds"),
            (
                "<image href=\"data:image/png;base64,AAAA\" width=\"9\" height=\"9\"/>",
                "embeds",
            ),
            ("<foreignObject><p>x</p></foreignObject>", "embeds"),
            ("<script>alert(1)</script>", "embeds"),
            ("<text x=\"1\" y=\"9\">Name</text>", "text into paths"),
            ("<use xlink:href=\"other.svg#a\"/>", "outside"),
            ("<use href=\"file:///etc/passwd\"/>", "outside"),
            ("<style>@import url(https://evil.example/a.css);</style>", "outside"),
            (
                "<rect width=\"9\" height=\"9\" style=\"fill:URL( 'https://evil.example/#a')\"/>",
                "outside",
            ),
            (
                "<rect width=\"9\" height=\"9\" filter=\"url(other.svg#f)\"/>",
                "outside",
            ),
            ("<animate attributeName=\"x\"/>", "moves"),
            ("", "nothing is drawn"),
        ] {
            let refused = svg(content).unwrap_err().to_string();
            assert!(refused.contains(why), "{content}: {refused}");
        }
        let deep = format!(
            "{}<rect width=\"9\" height=\"9\"/>{}",
            "<g>".repeat(5000),
            "</g>".repeat(5000)
        );
        assert!(svg(&deep).is_err());
        for wrong in [
            "<svg>",
            "<svg width='9'/>",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&a;</svg>",
        ] {
            assert!(Logo::from_file(wrong.into()).is_err(), "{wrong}");
        }
        let long = format!("<!--{}-->", "x".repeat(Logo::MAX_BYTES));
        assert!(matches!(svg(&long), Err(DocumentError::LogoTooLarge { .. })));
    }
}
