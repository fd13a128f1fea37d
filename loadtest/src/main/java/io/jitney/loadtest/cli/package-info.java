/**
 * The command line: {@code loadtest list}, {@code run}, {@code report}.
 *
 * <p>Start at {@link io.jitney.loadtest.cli.LoadTest}.
 */
@NullMarked
package io.jitney.loadtest.cli;

import org.jspecify.annotations.NullMarked;
