//! The image of a creation: a host that hasn't got it gets it before anything is sent. Nobody pays meanwhile, and what waits
//! can be taken back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use providers::docker::{Call, CancellationToken, Docker};

use crate::{AppError, intents::lent::Lent};

/// How often it is written down how far the pull is, which also says that somebody is at it.
const TICK: Duration = Duration::from_secs(2);

/// Sees to it that the host has the image. Whether the intent is still ours: who has taken it back ends the pull.
pub(super) async fn fetch(lent: &mut Lent<'_>, docker: &Docker, image: &str) -> Result<bool, AppError> {
    if docker.has_image(image, &Call::new()).await? {
        return Ok(true);
    }
    let cancel = CancellationToken::new();
    let percent = Arc::new(AtomicU8::new(0));
    let told = Arc::clone(&percent);
    let call = Call::new().cancelled_by(cancel.clone());
    let mut pulling = std::pin::pin!(docker.pull(image, &call, move |progress| {
        // Layers that are found later don't take back what was told.
        told.fetch_max(progress.percent(), Ordering::Relaxed);
    }));
    let mut tick = tokio::time::interval(TICK);
    loop {
        let is_there = tokio::select! {
            done = &mut pulling => {
                done?;
                true
            }
            _ = tick.tick() => false,
        };
        if !lent.hold(percent.load(Ordering::Relaxed)).await? {
            cancel.cancel();
            return Ok(false);
        }
        if is_there {
            return Ok(true);
        }
    }
}
