/**
 * The building blocks this version does not serve yet. No component of theirs can be loaded, so
 * each API answers what daprd answers where none is configured; a block that is built takes its
 * rows out of the two tables here.
 *
 * <p>Start at {@link io.jitney.daemon.absent.AbsentHttp}. Handlers run on the connection's event
 * loop.
 */
@NullMarked
package io.jitney.daemon.absent;

import org.jspecify.annotations.NullMarked;
