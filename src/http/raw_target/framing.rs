//! Which bytes of a connection are a request line.
//!
//! Whoever changes a byte that hyper takes for a part of a body moves the border between two requests,
//! so this must not guess. It decides nothing about bodies: hyper does, and tells ([`Message`]) each
//! time that it hands a request to the service, which it does before it reads on. From there:
//!
//! - A first line is kept back until it is whole, encoded if it must be, and passed on. The rest of the
//!   head is passed on as it comes, up to its empty line, found as hyper's parser finds it (a newline,
//!   perhaps a carriage return, a newline). What has arrived behind it is kept back.
//! - Hyper now says how long the body is. So many bytes are passed on as they are, whether or not the
//!   service reads them; then the next first line begins. Requests that were sent ahead (pipelining)
//!   have waited here, not in hyper. `Expect: 100-continue` changes nothing in that.
//! - A chunked body has no such number: the rest of the connection is passed on as it is, and a raw
//!   target in it gets hyper's 400.
//! - So it is if anything disagrees: hyper hands over a request while its head is still being passed
//!   on, or reads on without having seen a whole head in what we took for one; and with a first line
//!   that is too long, or cut off by the end.
//!
//! Where nothing is encoded, hyper reads the bytes that were sent, whatever this believes of them.

use bytes::BytesMut;
use tokio::io::ReadBuf;

use super::request_line::encoded;

/// Longer than any line that hyper would take.
const LONGEST_LINE: usize = 70_000;

/// What hyper says of a request that it hands over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// With a body of so many bytes.
    Sized(u64),
    /// With one that ends somewhere.
    Unsized,
}

/// The bytes of one connection on their way to hyper.
#[derive(Debug, Default)]
pub(super) struct Framing {
    place: Place,
    /// Arrived, and not looked at or kept back.
    arrived: BytesMut,
    /// Bytes of it that hold no end of the first line.
    searched: usize,
    /// To be passed on.
    ready: BytesMut,
}

/// Where `arrived` begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// At a first line, or at empty lines before it.
    #[default]
    FirstLine,
    /// Behind it, within the head, in a line that is as far as this.
    Head(Line),
    /// Behind a head that hyper has not told of yet.
    BehindHead,
    /// In a body of which so many bytes are to come.
    Body(u64),
    /// Anywhere: there is no way back from here.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Empty,
    CarriageReturn,
    Text,
}

impl Framing {
    /// To be called when hyper reads, with what it has handed over since it last did.
    pub fn hear(&mut self, message: Option<Message>) {
        let waits = self.place == Place::BehindHead && self.ready.is_empty();
        self.place = match (waits, message) {
            (true, Some(Message::Sized(0))) => Place::FirstLine,
            (true, Some(Message::Sized(bytes))) => Place::Body(bytes),
            (false, None) => return,
            _ => Place::Lost,
        };
    }

    /// Whether bytes may go from the socket straight to a reader with room for `room`.
    pub fn lets_through(&self, room: usize) -> bool {
        let nothing_waits = self.arrived.is_empty() && self.ready.is_empty();
        nothing_waits
            && match self.place {
                Place::Lost => true,
                Place::Body(left) => usize::try_from(left).is_ok_and(|left| left >= room),
                _ => false,
            }
    }

    /// So many went.
    pub fn let_through(&mut self, bytes: usize) {
        if let Place::Body(left) = self.place {
            self.place = behind(left, bytes);
        }
    }

    pub fn arrive(&mut self, bytes: &[u8]) {
        self.arrived.extend_from_slice(bytes);
    }

    /// Nothing more arrives. Whether there is something that hyper has not seen.
    pub fn end(&mut self) -> bool {
        self.place = Place::Lost;
        !self.arrived.is_empty()
    }

    /// Hands over what may be passed on; whether there was something.
    pub fn pass(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        if self.ready.is_empty() {
            self.advance();
        }
        let count = self.ready.len().min(buffer.remaining());
        let bytes = self.ready.split_to(count);
        buffer.put_slice(&bytes);
        count > 0
    }

    /// Makes ready what can be, of one message at most.
    fn advance(&mut self) {
        if self.place == Place::FirstLine {
            self.first_line();
        }
        match self.place {
            Place::FirstLine | Place::BehindHead => {}
            Place::Head(line) => self.head(line),
            Place::Body(left) => {
                let most = usize::try_from(left).unwrap_or(usize::MAX);
                let bytes = self.arrived.len().min(most);
                self.ready.unsplit(self.arrived.split_to(bytes));
                self.place = behind(left, bytes);
            }
            Place::Lost => self.ready.unsplit(self.arrived.split()),
        }
    }

    fn first_line(&mut self) {
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let breaks = self
            .arrived
            .iter()
            .take_while(|byte| is_break(byte))
            .count();
        if breaks > 0 {
            // Hyper skips empty lines before the first, too.
            self.ready.unsplit(self.arrived.split_to(breaks));
            self.searched = 0;
        }
        let mut unseen = self.arrived.iter().skip(self.searched);
        let Some(end) = unseen.position(|byte| *byte == b'\n') else {
            self.searched = self.arrived.len();
            if self.searched > LONGEST_LINE {
                self.place = Place::Lost;
            }
            return;
        };
        let line = self.arrived.split_to(self.searched + end + 1);
        self.searched = 0;
        match encoded(&line) {
            Some(encoded) => self.ready.extend_from_slice(&encoded),
            None => self.ready.unsplit(line),
        }
        self.place = Place::Head(Line::Empty);
    }

    fn head(&mut self, mut line: Line) {
        let mut bytes = self.arrived.len();
        self.place = Place::Head(line);
        for (index, byte) in self.arrived.iter().enumerate() {
            line = match (byte, line) {
                (b'\n', Line::Empty | Line::CarriageReturn) => {
                    self.place = Place::BehindHead;
                    bytes = index + 1;
                    break;
                }
                (b'\n', Line::Text) => Line::Empty,
                (b'\r', Line::Empty) => Line::CarriageReturn,
                _ => Line::Text,
            };
            self.place = Place::Head(line);
        }
        self.ready.unsplit(self.arrived.split_to(bytes));
    }
}

/// Where a body of `left` bytes is when so many more have passed.
fn behind(left: u64, passed: usize) -> Place {
    match left.saturating_sub(u64::try_from(passed).unwrap_or(u64::MAX)) {
        0 => Place::FirstLine,
        left => Place::Body(left),
    }
}
