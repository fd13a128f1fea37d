/** What exists once per node: event loops, pools, the node listener, the admin port. */
@NullMarked
package io.jitney.daemon.node;

import org.jspecify.annotations.NullMarked;
