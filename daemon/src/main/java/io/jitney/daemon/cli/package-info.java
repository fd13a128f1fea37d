/**
 * The jitney command line.
 */
@NullMarked
package io.jitney.daemon.cli;

import org.jspecify.annotations.NullMarked;
