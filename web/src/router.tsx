import { createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { routeTree } from './routeTree.gen'

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0, // what is fresh is known to the queries
  scrollRestoration: true,
  // Seldom seen, so not part of what everybody has to load first.
  defaultNotFoundComponent: lazyRouteComponent(
    () => import('@/features/frame/NotFoundPage'),
    'NotFoundPage',
  ),
  defaultErrorComponent: lazyRouteComponent(
    () => import('@/features/frame/FailedPage'),
    'FailedPage',
  ),
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
