/**
 * The runtime of one app instance, what a daprd process is elsewhere: {@link
 * io.jitney.daemon.instance.AppInstance}, how it is opened and closed.
 */
@NullMarked
package io.jitney.daemon.instance;

import org.jspecify.annotations.NullMarked;
