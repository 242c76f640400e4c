//! One row per code that this server itself answers with: code, HTTP status, and what it means, from
//! which `docs/errors.md` is made.
//!
//! The PGRST codes and their statuses are PostgREST's (`docs/references/errors.rst`). Codes that
//! PostgREST retired are not reused. `RD…` are ours: what PostgREST has no code for.

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $text:literal, $status:literal;)*) => {
        /// An error code, stable for clients to match on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as clients see it.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The HTTP status it answers with.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// One sentence or two.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim(),)* }
            }
        }
    };
}

codes! {
    /// The database cannot be reached.
    Pgrst000 = "PGRST000", 503;
    /// The connection was lost in the middle of a request.
    Pgrst001 = "PGRST001", 503;
    /// The schema cache is not loaded yet.
    Pgrst002 = "PGRST002", 503;
    /// No connection became free in time. With Retry-After: PostgREST answers 504, with which its clients do
    /// not try again.
    Pgrst003 = "PGRST003", 503;
    /// The query string could not be parsed.
    Pgrst100 = "PGRST100", 400;
    /// A method that `/rpc/` does not know.
    Pgrst101 = "PGRST101", 405;
    /// The body could not be read.
    Pgrst102 = "PGRST102", 400;
    /// The range cannot be satisfied.
    Pgrst103 = "PGRST103", 416;
    /// PUT without exactly the primary key as filter.
    Pgrst105 = "PGRST105", 405;
    /// The schema is not exposed.
    Pgrst106 = "PGRST106", 406;
    /// None of the accepted media types can be produced.
    Pgrst107 = "PGRST107", 406;
    /// A filter on a resource that is not embedded.
    Pgrst108 = "PGRST108", 400;
    /// A function set `response.headers` to something else than a list of headers.
    Pgrst111 = "PGRST111", 500;
    /// A function set `response.status` to something else than a status.
    Pgrst112 = "PGRST112", 500;
    /// A limit on PUT.
    Pgrst114 = "PGRST114", 400;
    /// PUT with a payload that contradicts the URL.
    Pgrst115 = "PGRST115", 400;
    /// Not exactly one row where one object was asked for.
    Pgrst116 = "PGRST116", 406;
    /// A method that relations do not know.
    Pgrst117 = "PGRST117", 405;
    /// An order by an embedded resource that is not to one.
    Pgrst118 = "PGRST118", 400;
    /// A function raised SQLSTATE `PGRST` without the JSON that belongs to it.
    Pgrst121 = "PGRST121", 500;
    /// An invalid preference with `handling=strict`.
    Pgrst122 = "PGRST122", 400;
    /// Aggregate functions are switched off.
    Pgrst123 = "PGRST123", 400;
    /// More rows than `max-affected` allows.
    Pgrst124 = "PGRST124", 400;
    /// No such path.
    Pgrst125 = "PGRST125", 404;
    /// The root endpoint is switched off.
    Pgrst126 = "PGRST126", 404;
    /// Not implemented.
    Pgrst127 = "PGRST127", 400;
    /// `max-affected` on a function that returns no rows.
    Pgrst128 = "PGRST128", 400;
    /// No relationship between the two resources.
    Pgrst200 = "PGRST200", 400;
    /// More than one relationship.
    Pgrst201 = "PGRST201", 300;
    /// No such function, or none with these parameters.
    Pgrst202 = "PGRST202", 404;
    /// More than one function fits.
    Pgrst203 = "PGRST203", 300;
    /// No such column.
    Pgrst204 = "PGRST204", 400;
    /// No such table or view.
    Pgrst205 = "PGRST205", 404;
    /// The server has no key to verify tokens with.
    Pgrst300 = "PGRST300", 500;
    /// The token could not be decoded or its signature is wrong.
    Pgrst301 = "PGRST301", 401;
    /// No token, and anonymous access is switched off.
    Pgrst302 = "PGRST302", 401;
    /// A claim refuses the token.
    Pgrst303 = "PGRST303", 401;
    /// A filter uses an operator that its type does not define.
    Rd100 = "RD100", 400;
    /// A parameter that is neither a filter nor anything else the function knows.
    Rd101 = "RD101", 400;
    /// A filter value that its type cannot read.
    Rd102 = "RD102", 400;
    /// The body is larger than the server accepts.
    Rd103 = "RD103", 413;
    /// The URL is longer than the server accepts.
    Rd104 = "RD104", 414;
    /// The body came too slowly.
    Rd105 = "RD105", 408;
    /// JSON of another kind than its column's, or a string longer than its column.
    Rd106 = "RD106", 400;
    /// A change of every row, without a filter that says so.
    Rd107 = "RD107", 400;
    /// A condition on groups, a fraction or a time zone that cannot be.
    Rd108 = "RD108", 400;
    /// The answer is larger than the server sends.
    Rd109 = "RD109", 400;
    /// A QUERY whose body is no query string. With Accept-Query.
    Rd110 = "RD110", 415;
    /// More values than one statement can have.
    Rd111 = "RD111", 413;
    /// An Idempotency-Key that another request had.
    Rd112 = "RD112", 422;
    /// An Idempotency-Key that is none.
    Rd113 = "RD113", 400;
    /// The row is no longer the version that If-Match or a condition names. In details is the row as it is, and
    /// its tag in the headers.
    Rd114 = "RD114", 412;
    /// An If-Match that cannot be read or cannot be met here.
    Rd115 = "RD115", 400;
    /// Pages by cursor are not possible so.
    Rd120 = "RD120", 400;
    /// A cursor that is none, or one of another order.
    Rd121 = "RD121", 400;
    /// A browser sent a session's cookie for a page of another origin.
    Rd122 = "RD122", 403;
    /// Too many requests wait for a connection. With Retry-After.
    Rd503 = "RD503", 503;
    /// An internal error; the log has its cause.
    Rd500 = "RD500", 500;
}
