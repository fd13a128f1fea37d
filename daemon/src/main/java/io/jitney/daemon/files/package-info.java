/**
 * Files of the node's operator that are read strictly and watched: apps and policies. {@link
 * io.jitney.daemon.files.YamlFiles} finds and reads them and notices changes, {@link
 * io.jitney.daemon.files.YamlDocuments} splits them, {@link io.jitney.daemon.files.Fields} reads a
 * mapping and tells everything that is wrong with it.
 *
 * <p>Everything blocks; each user has a thread of its own, never an event loop.
 */
@NullMarked
package io.jitney.daemon.files;

import org.jspecify.annotations.NullMarked;
