/**
 * Which type and version is opened by which factory: one plain list, {@link
 * io.jitney.components.catalog.Catalog}.
 */
@NullMarked
package io.jitney.components.catalog;

import org.jspecify.annotations.NullMarked;
