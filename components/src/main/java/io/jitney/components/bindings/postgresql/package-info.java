/**
 * {@code bindings.postgresql}: any SQL. {@link
 * io.jitney.components.bindings.postgresql.PostgresBinding} has a pool of its own, which no other
 * opening uses: a call may close it. Values come out as Go's pgx library and JSON encoder make
 * them.
 */
@NullMarked
package io.jitney.components.bindings.postgresql;

import org.jspecify.annotations.NullMarked;
