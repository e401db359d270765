;;; init.el --- A user's configuration for the tests -*- lexical-binding: t; -*-

;;; Code:

;; Emacs would compile its own libraries anew in every fresh home, with all the cores there are.
(setq native-comp-deferred-compilation nil
      native-comp-jit-compilation nil
      comp-files-queue nil)

(setq inhibit-startup-screen t
      make-backup-files nil
      auto-save-default nil
      create-lockfiles nil)
(menu-bar-mode -1)
(add-to-list 'load-path (expand-file-name "editors/emacs" (getenv "FIMD_TEST_ROOT")))
(require 'fimd)

(let ((program (getenv "FIMD_TEST_PROGRAM")))
  (unless (string-empty-p program)
    (setq fimd-program program)))

(setq-default mode-line-format
              '("%b <"
                (:eval (string-trim (fimd-lighter)))
                "> {"
                (:eval (number-to-string
                        (string-bytes (string-trim-right (buffer-string) "\n+"))))
                "}"))

(add-hook 'post-command-hook #'force-mode-line-update)

(pcase-dolist (`(,key . ,command)
               '(("<f6>" . fimd-next) ("<f7>" . fimd-previous) ("<f8>" . fimd-trigger)
                 ("<f11>" . undo) ("<f12>" . save-buffer)))
  (global-set-key (kbd key) command))
(pcase-dolist (`(,key . ,command)
               '(("<f2>" . fimd-accept) ("<f3>" . fimd-accept-word)
                 ("<f4>" . fimd-accept-line) ("<f5>" . fimd-dismiss)))
  (define-key fimd-suggestion-map (kbd key) command))

(fimd-global-mode)
;;; init.el ends here
