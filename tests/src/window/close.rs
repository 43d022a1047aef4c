//! Asking the window to close, as a desktop's title bar does.

use x11rb::{
    connection::Connection,
    protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, Window as Id},
    rust_connection::RustConnection,
};

use super::{Stage, WindowError};

const TITLE: &[u8] = b"ContainerStacks";

impl Stage {
    /// Sends the close request of the window system to the program's windows. What they make of it is theirs.
    pub fn ask_to_close(&self) -> Result<(), WindowError> {
        let failed = |why: &dyn std::fmt::Display| WindowError::Display(why.to_string());
        let (display, screen) = x11rb::connect(Some(self.display_name())).map_err(|error| failed(&error))?;
        let root = display.setup().roots[screen].root;
        let asked = send(&display, root).map_err(|error| failed(&error))?;
        if asked {
            Ok(())
        } else {
            Err(failed(&"no window has the program's title"))
        }
    }
}

fn send(display: &RustConnection, root: Id) -> Result<bool, Box<dyn std::error::Error>> {
    let atom = |name: &str| -> Result<u32, Box<dyn std::error::Error>> {
        Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom)
    };
    let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
    let mut asked = false;
    for window in display.query_tree(root)?.reply()?.children {
        let title = display
            .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?
            .reply()?;
        let closable = display
            .get_property(false, window, protocols, AtomEnum::ATOM, 0, 16)?
            .reply()?;
        if title.value.ends_with(TITLE) && closable.value_len > 0 {
            let event = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
            display.send_event(false, window, EventMask::NO_EVENT, event)?;
            asked = true;
        }
    }
    display.flush()?;
    // An answer to anything says that the request has arrived.
    display.get_input_focus()?.reply()?;
    Ok(asked)
}
