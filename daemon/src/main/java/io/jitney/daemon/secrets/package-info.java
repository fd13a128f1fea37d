/**
 * The secrets building block.
 */
@NullMarked
package io.jitney.daemon.secrets;

import org.jspecify.annotations.NullMarked;
