/** What tests of several packages share: a node, a Redis server. */
@NullMarked
package io.jitney.components.testing;

import org.jspecify.annotations.NullMarked;
