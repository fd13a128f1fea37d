/**
 * The processes of a run: started on their cores, measured, and ended whatever happens.
 *
 * <p>Start at {@link io.jitney.loadtest.process.Environment}. Called by the program's main thread;
 * the cleaning up also by the hook of a Ctrl-C.
 */
@NullMarked
package io.jitney.loadtest.process;

import org.jspecify.annotations.NullMarked;
