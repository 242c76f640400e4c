//! The connection with such request lines encoded.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Framing, Message};

/// Bytes read at once while heads are looked for.
const CHUNK_BYTES: usize = 8 * 1024;

/// A stream that hyper reads requests from.
pub(in crate::http) struct RawTargets<S> {
    stream: S,
    framing: Framing,
    begun: Begun,
}

/// Where the service of the connection says that hyper has handed over a request.
#[derive(Clone, Default)]
pub(in crate::http) struct Begun(Arc<Mutex<Option<Message>>>);

impl Begun {
    /// To be said before hyper goes on, so not by the future that answers. `body_bytes` is what hyper
    /// knows of the body.
    pub fn say(&self, body_bytes: Option<u64>) {
        *self.message() = Some(body_bytes.map_or(Message::Unsized, Message::Sized));
    }

    fn message(&self) -> std::sync::MutexGuard<'_, Option<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> RawTargets<S> {
    pub fn new(stream: S, begun: Begun) -> Self {
        Self {
            stream,
            framing: Framing::default(),
            begun,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for RawTargets<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let message = this.begun.message().take();
        this.framing.hear(message);
        if this.framing.lets_through(buffer.remaining()) {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            this.framing.let_through(buffer.filled().len() - before);
            return Poll::Ready(Ok(()));
        }
        // A reader without room waits for nothing.
        while buffer.remaining() > 0 && !this.framing.pass(buffer) {
            let mut chunk = [MaybeUninit::uninit(); CHUNK_BYTES];
            let mut chunk = ReadBuf::uninit(&mut chunk);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut chunk))?;
            if !chunk.filled().is_empty() {
                this.framing.arrive(chunk.filled());
            } else if !this.framing.end() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RawTargets<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
