export { keepKeys } from "../views/shortcuts";
