/** Tests of the way to the apps. */
@NullMarked
package io.jitney.daemon.channel;

import org.jspecify.annotations.NullMarked;
