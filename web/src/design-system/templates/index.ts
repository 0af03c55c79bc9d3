export { AppFrame } from './AppFrame'
export { DoorPage, Logo } from './DoorPage'
export { DetailPage, FormPage, ListPage } from './Page'
