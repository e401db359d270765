;;; fimd.el --- Inline code completion from your own endpoint -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT
;; Author: The fimd authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: convenience, tools

;;; Commentary:

;; fimd shows what you are likely to type next as grey text at point.  A
;; program, also called fimd, decides when and what; this package starts it,
;; draws the text and accepts it.
;;
;;   (require 'fimd)
;;   (fimd-global-mode)
;;   (define-key fimd-suggestion-map (kbd "TAB") #'fimd-accept)
;;   (define-key fimd-suggestion-map (kbd "M-f") #'fimd-accept-word)
;;
;; Keys in `fimd-suggestion-map' work while a suggestion shows, and only then;
;; it is empty until you fill it.
;;
;; For contributors: no policy here.  When to ask the model, what to remember
;; and what to leave out is the program's business.

;;; Code:

(require 'fimd-client)
(require 'fimd-ghost)

(defvar fimd-mode-map (make-sparse-keymap)
  "Keymap of `fimd-mode'; for commands such as `fimd-trigger'.")

(defun fimd-lighter ()
  "Say in a word how fimd is, for a mode line."
  (pcase (plist-get fimd-status :kind)
    ("ready" " fimd")
    ("busy" " fimd…")
    ("local" " fimd local")
    ("off" " fimd off")
    ("error" " fimd !")
    (_ "")))

;;;###autoload
(define-minor-mode fimd-mode
  "Show what you are likely to type next, after point."
  :lighter (:eval (fimd-lighter))
  (if fimd-mode
      (progn
        (add-hook 'post-command-hook #'fimd-ghost-after-command nil t)
        (add-hook 'before-change-functions #'fimd-client-before-change nil t)
        (add-hook 'after-change-functions #'fimd-client-after-change nil t)
        (add-hook 'after-revert-hook #'fimd-client-send-whole nil t)
        (add-hook 'kill-buffer-hook #'fimd-client-close nil t)
        (fimd-client-start-soon))
    (remove-hook 'post-command-hook #'fimd-ghost-after-command t)
    (remove-hook 'before-change-functions #'fimd-client-before-change t)
    (remove-hook 'after-change-functions #'fimd-client-after-change t)
    (remove-hook 'after-revert-hook #'fimd-client-send-whole t)
    (remove-hook 'kill-buffer-hook #'fimd-client-close t)
    (fimd-ghost-forget)
    (fimd-client-close)))

(defun fimd--turn-on ()
  "Turn `fimd-mode' on where files are edited."
  (when (and buffer-file-name (not buffer-read-only))
    (fimd-mode)))

;;;###autoload
(define-globalized-minor-mode fimd-global-mode fimd-mode fimd--turn-on
  :group 'fimd)

(defun fimd-accept ()
  "Insert the suggestion."
  (interactive "*")
  (fimd-ghost-accept 'all))

(defun fimd-accept-word ()
  "Insert the next word of the suggestion."
  (interactive "*")
  (fimd-ghost-accept 'word))

(defun fimd-accept-line ()
  "Insert the next line of the suggestion."
  (interactive "*")
  (fimd-ghost-accept 'line))

(defun fimd-next ()
  "Show the next candidate."
  (interactive)
  (fimd-ghost-cycle 1))

(defun fimd-previous ()
  "Show the previous candidate."
  (interactive)
  (fimd-ghost-cycle -1))

(defun fimd-trigger ()
  "Ask now, also where fimd would stay silent by itself."
  (interactive)
  (fimd-ghost-trigger))

(defun fimd-dismiss ()
  "Hide the suggestion, and do not bring it back."
  (interactive)
  (fimd-ghost-dismiss))

(defun fimd-restart ()
  "End the program and start it again."
  (interactive)
  (fimd-client-restart))

(defun fimd-toggle ()
  "Switch suggestions off everywhere, or on again."
  (interactive)
  (let ((enabled (eq (plist-get fimd-settings :enabled) :json-false)))
    (fimd-client-configure (list :enabled (if enabled t :json-false)))
    (unless enabled (fimd-ghost-forget))
    (message "fimd: %s" (if enabled "on" "off"))))

(defun fimd-why ()
  "Say why the last request got nothing."
  (interactive)
  (fimd-client-execute
   "fimd.why" []
   (lambda (result)
     (let ((reason (plist-get result :reason)))
       (message "fimd: %s" (if (member reason '(nil ""))
                               "the last request got a suggestion"
                             reason))))))

(defun fimd--insert-counters (counters prefix)
  "Insert COUNTERS, a plist, one to a line, with PREFIX before each name."
  (cl-loop for (name value) on counters by #'cddr
           for label = (concat prefix (substring (symbol-name name) 1))
           do (if (listp value)
                  (fimd--insert-counters value (concat label "."))
                (insert (format "%-40s %s\n" label value)))))

(defun fimd-stats ()
  "Show what was shown, accepted and called, and how fast."
  (interactive)
  (fimd-client-execute
   "fimd.stats" []
   (lambda (result)
     (with-current-buffer (get-buffer-create "*fimd stats*")
       (let ((inhibit-read-only t))
         (erase-buffer)
         (fimd--insert-counters result "")
         (goto-char (point-min)))
       (special-mode)
       (display-buffer (current-buffer))))))

(provide 'fimd)
;;; fimd.el ends here
