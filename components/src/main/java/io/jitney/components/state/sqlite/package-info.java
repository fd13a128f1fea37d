/**
 * {@code state.sqlite}: rows of an SQLite file, shared by all openings with an equal database.
 * Start at {@link io.jitney.components.state.sqlite.SqliteStateStore}.
 *
 * <p>SQLite blocks in native code, so every database has threads of its own: one that writes, a few
 * that read. They end when idle. Event loops only put work into bounded queues.
 */
@NullMarked
package io.jitney.components.state.sqlite;

import org.jspecify.annotations.NullMarked;
