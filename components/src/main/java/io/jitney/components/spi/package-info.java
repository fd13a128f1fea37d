/**
 * The component SPI: what an implementation is given, what it must do, and how it fails.
 *
 * <p>Start at {@link io.jitney.components.spi.ComponentFactory}. A component object is opened for
 * one app instance and one Component resource, and belongs to it alone; what is expensive
 * (connections, event loops, files) it borrows from the node-wide pools in {@link
 * io.jitney.components.spi.NodeResources}. It never sees a tenant: keys arrive finished, and {@link
 * io.jitney.components.spi.CallContext} is opaque.
 *
 * <p>Threads: every method is called on a Vert.x event loop and must not block it. Futures may be
 * completed on any thread; completing them on the calling loop is what keeps a request on one
 * thread.
 */
@NullMarked
package io.jitney.components.spi;

import org.jspecify.annotations.NullMarked;
