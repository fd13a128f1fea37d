/**
 * Tests of the state building block; {@code StateApiTests} is the black box both fronts and all
 * stores must pass.
 */
@NullMarked
package io.jitney.daemon.state;

import org.jspecify.annotations.NullMarked;
