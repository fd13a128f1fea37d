/**
 * Apps that are declared in files (kind {@code App}, {@code jitney.io/v1alpha1}) instead of being
 * started by a launcher: {@link io.jitney.daemon.apps.AppsParser} reads them, {@link
 * io.jitney.daemon.apps.AppsWatch} notices changes, {@link io.jitney.daemon.apps.DeclaredApps}
 * makes the node what the files say.
 *
 * <p>What is wrong in one document is that app's problem and is reported with file, document and
 * field; the others open. Reading and reconciling happen on one thread of the watch, never on an
 * event loop.
 */
@NullMarked
package io.jitney.daemon.apps;

import org.jspecify.annotations.NullMarked;
